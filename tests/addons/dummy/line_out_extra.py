from addons.api import Integer

params = [Integer("cost", "Cost", minimum=0)]
