from addons.api import Column

columns = {"list": [Column("number"), Column("metal")], "strokes": [Column("phone"), Column("times")]}
