"""The one file that every addon has.

This addon works and shows each feature once, to copy from; `manage.py addon new NAME` writes a smaller one to begin with. The folder's
name is the addon's identity: its permissions, its address in the admin, and the origin of the lines that it writes.
"""

from addons.api import Info

info = Info(
    name="Information line",  # the heading in the admin
    description="A number that plays recorded messages, behind a code and within office hours if wanted.",
    version="1.0",  # a new version runs the commit function again
    scope="tenant",  # "tenant": each tenant has its own records; "server": the operators' records, and it may write to every tenant
    requires=(),  # addons that this one builds on, such as ("paging",)
    record="",  # what one record is called where the name does not serve: Paging groups say "paging group"
)
