"""The admin sections that are made of the declarations: forms, lists, and fields on the forms of others."""
