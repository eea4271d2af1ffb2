"""Bad site files: each is refused with file, line, path and reason, and nothing of it is saved."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dialplan.models import Phone
from scopserv_site.sitefile import reading
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.scopserv_site.conftest import Apply, exported

pytestmark = pytest.mark.django_db

PHONE = "tenants:\n  acme:\n    phones:\n      "
TRUNK = "trunks: {x: {host: h, tenants: all}}\n"
REFUSED = {
    # The file itself.
    "tag": ('tenants: !!python/object/apply:os.system ["id"]\n', "line 1: the tag tag:yaml.org,2002:python/object/apply:os.system is not"),
    "tag of text": ("tenants: {acme: {name: !!str 1}}\n", "line 1: the tag tag:yaml.org,2002:str is not allowed"),
    "own tag": ("tenants: {acme: {name: !secret x}}\n", "line 1: the tag !secret is not allowed"),
    "key twice": (PHONE + '"101": {}\n      101: {}\n', r'line 5: tenants.acme.phones."101": is there twice; the first is in line 4'),
    "key twice, once as JSON": (PHONE + '"😀": {}\n      "\\ud83d\\ude00": {}\n', "is there twice; the first is in line 4"),
    "no YAML": ("tenants: {acme: {name: a: b}}\n", "line 1, column 25: is not YAML: "),
    "tab": ("tenants:\n\tacme: 1\n", "line 2, column 1: is not YAML: "),
    "unclosed": ("tenants: {acme: [\n", "line 2, column 1: is not YAML: "),
    "two documents": ("tenants: {}\n---\ntenants: {}\n", "line 2: a second document begins"),
    "control character": (PHONE + '"101": {name: "a\x01b"}\n', r"line 4: holds the character U\+0001, which YAML does not allow"),
    "NUL": (PHONE + '"101": {name: "a\\0b"}\n', "line 4: holds a NUL"),
    "half a character": (PHONE + '"101": {name: "\\ud800"}\n', "line 4: holds half a character"),
    "not UTF-8": (b"tenants:\n  acme: {name: \xff\xfe}\n", "line 2: is not UTF-8 text"),
    "key of many": ("tenants: {[a]: {}}\n", "line 1: a mapping or list cannot be a key"),
    "token unquoted": ('tenants: {acme: {contexts: {internal: {"600": [[Goto, {tenant}-x]]}}}}', "line 1, column .*: is not YAML"),
    "deep": ("tenants: " + "[" * 5000 + "]" * 5000, "line 1: is nested more than 20 levels deep"),
    "alias of itself": ("tenants: &a {acme: *a}\n", r"line 1: \*a names no value that is complete above"),
    "list": ("- tenants\n", "line 1: must be a mapping, not a list"),
    # Names and kinds of value.
    "section": ("tenant: {}\n", "line 1: tenant: is unknown; did you mean tenants"),
    "field": (PHONE + '"101": {secrte: x}\n', r'line 4: tenants.acme.phones."101".secrte: is unknown; did you mean secret\?'),
    "tenant's part": ("tenants: {acme: {line_in: {}}}", "line 1: tenants.acme.line_in: is unknown; did you mean lines_in"),
    "merge key": ("tenants: {acme: &a {}, globex: {<<: *a}}", 'tenants.globex."<<": is unknown'),
    "text for a mapping": (PHONE + '"101": Alice\n', "line 4: .*: must be a mapping, not the str 'Alice'"),
    "list for a mapping": ("tenants:\n  acme:\n    phones: [101]\n", "line 3: tenants.acme.phones: must be a mapping, not a list"),
    "nothing for a text": (PHONE + '"101": {name: }\n', "name: must be text, not empty"),
    "tick for a text": (PHONE + '"101": {name: true}\n', "name: must be text, not true; write it in quotes"),
    "text for a number": (PHONE + '"101": {ring_seconds: long}\n', "ring_seconds: must be a whole number, not the str 'long'"),
    "text for a tick": ("trunks: {x: {host: h, register: 'yes'}}", "trunks.x.register: must be true or false, not the str 'yes'"),
    "address": ("nodes: {pbx1: {ami: localhost}}", "nodes.pbx1.ami: 'localhost' is not HOST:PORT"),
    "port": ("nodes: {pbx1: {dir: /x, ami: 'h:70000', ami_user: u, ami_secret: s}}", "nodes.pbx1.ami: .*65535"),
    "no list": ("tenants: {acme: {domains: {}}}", "tenants.acme.domains: must be a name or a list of names, not a mapping"),
    # What staff may not.
    "secret": (PHONE + '"101": {secret: "a b"}\n', r'line 4: tenants.acme.phones."101".secret: use 1 to 120 letters'),
    "control character in a name": (PHONE + '"101": {name: "a\\u202eb"}\n', r'phones."101": name: .*U\+202E'),
    "new line in a name": (PHONE + '"101": {name: "a\\nb"}\n', r'phones."101": name: .*U\+000A'),
    "number": (PHONE + '"1": {}\n', r"""line 4: tenants.acme.phones."1": '1' is not a phone's number"""),
    "choice": (PHONE + '"101": {auto_answer: yes-please}\n', "auto_answer: Value 'yes-please' is not a valid choice"),
    "range": (PHONE + '"101": {ring_seconds: 1}\n', "ring_seconds: Ensure this value is greater than or equal to 5"),
    "context": (PHONE + '"101": {context: lobby}\n', "phones.\"101\".context: There is no context 'lobby'"),
    "reserved context": ("tenants: {acme: {contexts: {in-carrier: {}}}}", "contexts.in-carrier: The context 'in-carrier' is written by"),
    "reserved slug": ("tenants: {public: {name: x}}", "line 1: tenants.public: slug 'public' is reserved"),
    "slug": ("tenants: {Acme: {name: x}}", "tenants.Acme: slug 'Acme': use 1 to 16 lower-case letters"),
    "new without a name": ("tenants: {initech: {phones: {}}}", "tenants.initech.name: is required, as there is no such tenant yet"),
    "unknown trunk": (
        "tenants: {acme: {lines_out: {local: {pattern: 9X., trunk: carier}}}}",
        "lines_out.local.trunk: There is no trunk 'carier' for this tenant; ask your operator",
    ),
    "no trunk": ("tenants: {acme: {lines_out: {local: {pattern: 9X.}}}}", "lines_out.local.trunk: is required"),
    "unknown tenant of a trunk": (
        "trunks: {x: {host: h, tenants: [acne]}}",
        r"trunks.x.tenants\[0\]: tenant 'acne' is unknown; did you mean acme",
    ),
    "unknown node": ("nodes: {}\ntenants: {acme: {node: pbx9}}", "line 2: tenants.acme.node: node 'pbx9' is unknown"),
    "node without a secret": ("nodes: {pbx1: {dir: /x, ami_user: u}}", "nodes.pbx1.ami_secret: is required"),
    "destination": (
        TRUNK + "tenants: {acme: {lines_in: {'514': {trunk: x, destination: 999}}}}",
        r"""lines_in."514".destination: There is no phone and no context '999'""",
    ),
    "into internal": (
        TRUNK + "tenants: {acme: {lines_in: {'514': {trunk: x, destination: internal}}}}",
        "destination: A call from outside must not arrive in internal",
    ),
    "into internal that is named": (
        TRUNK + "tenants: {acme: {contexts: {internal: {}}, lines_in: {'514': {trunk: x, destination: internal}}}}",
        "destination: A call from outside must not arrive in internal",
    ),
    "one pattern twice": (
        TRUNK + "tenants: {acme: {lines_out: {a: {pattern: 9N, trunk: x}, b: {pattern: _9n, trunk: x}}}}",
        "line 2: tenants.acme.lines_out.b: says the same as 'a'",
    ),
    "one number twice": (
        TRUNK + "tenants: {acme: {phones: {'101': {}}, lines_in: {'514': {trunk: x, destination: 101}, 514@x: {destination: 101}}}}",
        "line 2: tenants.acme.lines_in.\"514@x\": says the same as '514'",
    ),
    "trunk said twice": ("tenants: {acme: {lines_in: {514@x: {trunk: y}}}}", "trunk: is 'y', and the key says 'x'"),
    "addon that is off, of no scope of a tenant's": (
        "tenants: {acme: {addons_off: [multipage]}}",
        r"line 1: tenants.acme.addons_off\[0\]: addon 'multipage' serves all tenants at once; named here are those that serve each tenant",
    ),
    "addon that is allowed, of no scope of a tenant's": (
        "tenants: {acme: {addons_allowed: [paging, multipage]}}",
        r"tenants.acme.addons_allowed\[1\]: addon 'multipage' serves all tenants at once",
    ),
    "addon that is off, of a tenant's scope": (
        "addons_off: [paging]",
        r"line 1: addons_off\[0\]: addon 'paging' serves each tenant by itself; named here are those that serve all tenants at once",
    ),
    "addon that cannot be": ("tenants: {acme: {addons_off: ['Pag ing']}}", r"addons_off\[0\]: 'Pag ing' is unknown"),
    "domain": ("tenants: {acme: {domains: ['a b']}}", "tenants.acme.domains: domain 'a b': use a host name"),
    "domain taken": ("tenants: {acme: {domains: [globex.localhost]}}", "tenants.acme.domains: domain 'globex.localhost':"),
    "role": ("tenants: {acme: {staff: {zoe: {role: boss}}}}", "staff.zoe.role: 'boss' is .*administrator, editor, viewer"),
    "user name": ("tenants: {acme: {staff: {'a b': {}}}}", 'staff."a b": Enter a valid username'),
    "email": ("tenants: {acme: {staff: {zoe: {email: zoe}}}}", "staff.zoe.email: Enter a valid email"),
    "two of one person": (
        "tenants: {acme: {staff: {zoe: {name: Zoe}}}, globex: {staff: {zoe: {name: Zoë}}}}",
        "tenants.globex.staff.zoe.name: is 'Zoe' at tenant acme; a person has one login everywhere",
    ),
    # Dialplan.
    "application": ('tenants: {acme: {contexts: {internal: {"600": [[System, id]]}}}}', r'contexts.internal."600"\[0\]: .*System'),
    "way to another tenant": (
        'tenants: {acme: {contexts: {internal: {"600": [[Answer], [Goto, globex-internal, "101", 1]]}}}}',
        r'contexts.internal."600"\[1\]: data: Goto: ',
    ),
    "exten": ('tenants: {acme: {contexts: {internal: {"6 0": [[Answer]]}}}}', "exten: '6 0' is not an extension"),
    "extension twice": ("tenants: {acme: {contexts: {internal: {_2XX: [[Answer]], _2xx: [[Answer]]}}}}", "is the same extension as '_2XX'"),
    "priority": ('tenants: {acme: {contexts: {internal: {"600": {01: [Answer]}}}}}', '"600"."01": is not a priority'),
    "no command": ('tenants: {acme: {contexts: {internal: {"600": Answer}}}}', '"600": must be a list of commands such as'),
    "argument": ('tenants: {acme: {contexts: {internal: {"600": [[Set, true]]}}}}', r'"600"\[0\]\[1\]: must be text, not true; write it'),
    "foreign hint": (
        'tenants: {acme: {contexts: {internal: {"600": {hint: PJSIP/globex_101}}}}}',
        '"600".hint: data: a hint may not watch',
    ),
    "family": ("tenants: {acme: {astdb: {a/b: {x: y}}}}", 'tenants.acme.astdb."a/b".x: .*is not a family'),
    "AstDB value": ('tenants: {acme: {astdb: {cid: {x: " y"}}}}', "tenants.acme.astdb.cid.x: .*cannot be stored"),
    # Addons.
    "unknown addon": (
        "tenants: {acme: {addons: {pagin: {}}}}",
        "tenants.acme.addons.pagin: There is no addon 'pagin'; did you mean 'paging'",
    ),
    "addon of all": ("tenants: {acme: {addons: {multipage: {}}}}", "addon 'multipage' serves all tenants at once"),
    "addon of each": ("addons: {paging: {}}", "addons.paging: addon 'paging' serves each tenant by itself"),
    "extra of nobody": (PHONE + '"101": {extra: {paging: {}}}\n', "extra.paging: addon 'paging' adds nothing to phones"),
    "extra's param": (PHONE + '"101": {extra: {skeleton: {flor: 1}}}\n', "extra.skeleton.flor: is unknown; did you mean floor"),
    "param": ("tenants: {acme: {addons: {paging: {'*70': {member: []}}}}}", r'paging."\*70".member: is unknown; did you mean members'),
    "kind of param": ("tenants: {acme: {addons: {paging: {'*70': {duplex: 1}}}}}", "duplex: must be true or false, not the number 1"),
    "list for a text of an addon": ("addons: {multipage: {'*80': {name: [x]}}}", r"name: must be text, not the list \['x'\]"),
    "unknown member": ("tenants: {acme: {addons: {paging: {'*70': {members: [101]}}}}}", r"members\[0\].phone: there is no phone '101'"),
    "key said twice": ("tenants: {acme: {addons: {paging: {'*70': {number: '*71'}}}}}", r"number is '\*71', and the key says '\*70'"),
    "key": ("tenants: {acme: {addons: {paging: {'7': {}}}}}", "paging.\"7\": '7' does not have the form"),
    "number of a phone": (
        "tenants: {acme: {phones: {'600': {}}, addons: {paging: {'600': {}}}}}",
        'addons.paging."600": 600 is in use already in internal, by Phones',
    ),
    "number of two addons": (
        "tenants: {acme: {addons: {paging: {'600': {}}, skeleton: {'600': {}}}}}",
        'addons.skeleton."600": 600 is in use already in internal, by Paging groups',
    ),
    "unknown tenant of an addon": ("addons: {multipage: {'*80': {tenants: [acne]}}}", r"tenants\[0\]: there is no tenant 'acne'"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_a_bad_file_says_where_and_why_and_saves_nothing(apply: Apply, acme: Tenant, text: str | bytes, message: str) -> None:
    before = exported(secrets=True)
    with pytest.raises(CommandError, match=rf"(?s)^/\S*/site\.yaml, (?=line \d).*{message}") as caught:
        apply(text)
    assert caught.value.returncode == 1
    assert str(caught.value).endswith("\nNothing was saved.")
    assert exported(secrets=True) == before


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.yaml: No such file or directory; give the path of a site file"):
        call_command("apply", str(tmp_path / "none.yaml"))
    with pytest.raises(CommandError, match="Is a directory"):
        call_command("apply", str(tmp_path))


def test_aliases_mean_what_they_name_and_bombs_are_refused(apply: Apply, acme: Tenant) -> None:
    apply("tenants: {acme: {phones: {'101': &p {ring_seconds: 20}, '102': *p}}}")
    with open_tenant("acme"):
        assert list(Phone.objects.values_list("ring_seconds", flat=True)) == [20, 20]
    levels = "".join(f"l{index}: &l{index} [{', '.join([f'*l{index - 1}'] * 10)}]\n" for index in range(1, 10))
    with pytest.raises(CommandError, match="line 7: its aliases make more than 2,000,000 values of it"):
        apply(f"l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n{levels}")
    with pytest.raises(CommandError, match="line 2: its aliases make more than"):
        apply("a: &a [" + "x, " * 10_000 + "x]\nb: [" + "*a, " * (10_000_000 // 4) + "*a]\n")


def test_a_huge_file_is_refused_unread(apply: Apply, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_FILE", 1024 * 1024)
    with pytest.raises(CommandError, match="is larger than 1 MB; split it"):
        apply(b"#" * (1024 * 1024 + 1))


def test_all_faults_are_told_in_one_go_each_with_its_line(apply: Apply, acme: Tenant) -> None:
    with pytest.raises(CommandError) as caught:
        apply(
            """\
            trunks:
              carrier: {host: sip.example.net, tenants: all}
            tenants:
              acme:
                phones:
                  "101": {secret: "a b", context: nowhere}
                  "102": {name: 'say "hi"'}
                lines_in:
                  "514": {trunk: carrier, destination: "101"}
                contexts:
                  internal:
                    "600":
                      - [Answer]
                      - [Sytem, id]
                addons:
                  paging: {"*70": {members: ["101", "999"]}}
            """
        )
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[0].rpartition(", ")[2] + " " + line.split(": ")[1] for line in lines[:-1]] == [
        'line 6 tenants.acme.phones."101".secret',
        'line 6 tenants.acme.phones."101".context',
        'line 7 tenants.acme.phones."102".name',
        'line 14 tenants.acme.contexts.internal."600"[1]',
        'line 16 tenants.acme.addons.paging."*70".members[1].phone',
    ]


def test_many_faults_are_counted(apply: Apply, acme: Tenant) -> None:
    with pytest.raises(CommandError, match="and 10 more"):
        apply("tenants: {acme: {phones: {" + ", ".join(f"'{index}': {{x: 1}}" for index in range(100, 160)) + "}}}")
