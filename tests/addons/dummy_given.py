"""What the dummy addon is given in its test, and what must come of it."""

SITE = """
trunks:
  carrier: {host: 127.0.0.9, tenants: all}
tenants:
  acme:
    phones:
      "101": {extra: {dummy: {listed: true}}}
      "102": {extra: {dummy: {lose: all}}}
      "103": {extra: {dummy: {lose: second}}}
      "104": {extra: {dummy: {lose: hangup}}}
      "105": {extra: {dummy: {lose: hint}}}
    contexts:
      internal:
        "105": {hint: "PJSIP/{tenant}_105"}
    lines_in:
      "5145550100": {trunk: carrier, destination: "101", extra: {dummy: {owner: Al}}}
    lines_out:
      local: {pattern: 9NXXXXXX, trunk: carrier, extra: {dummy: {cost: 3}}}
    addons:
      paging:
        "*70": {members: ["101"]}
"""
FORM = {
    "number": "*90",
    "name": "Front",
    "seconds": "7",
    "mode": "pin",
    "pin": "4711",
    "loud": "on",
    "day": "2026-12-24",
    "clock": "08:30",
    "hours_0": "22:00",
    "hours_1": "06:00",
    "days": ["sun", "mon"],
    "flags": ["blue"],
    "line": "+1 514-555-0100",
    "mail": "al@Acme.example",
    "host": "192.0.2.0/24",
    "sound": "custom/hi",
    "group": "*70",
    "phones": ["all"],
    "then": "dummy:101",
    "rows-row": ["0", "1"],
    "rows-0-phone": "101",
    "rows-0-times": "2",
    "rows-1-phone": "102",
    "rows-1-times": "1",
}
RECORD = {
    "number": "*90",
    "name": "Front",
    "seconds": 7,
    "mode": "pin",
    "pin": "4711",
    "loud": True,
    "day": "2026-12-24",
    "clock": "08:30",
    "hours": "22:00-06:00",
    "days": ["mon", "sun"],
    "flags": ["blue"],
    "line": "+15145550100",
    "mail": "al@acme.example",
    "host": "192.0.2.0/24",
    "sound": "custom/hi",
    "group": "*70",
    "phones": "all",
    "then": "dummy:101",
    "rows": [{"phone": "101", "times": 2}, {"phone": "102", "times": 1}],
}

DIALPLAN = """\
[acme-dummy-in]
exten => 8101,1,Goto(acme-internal,101,1)

[acme-internal]
exten => *70,1,Set(__PBX_PAGER=${CHANNEL(endpoint)})
exten => *70,2,Set(PBX_PAGE_BEEP=1)
exten => *70,3,Goto(acme-page,*70,1)
exten => *90,hint,PJSIP/acme_101
exten => *90,1,NoOp(Dummy,Front)
exten => *90,2,Authenticate(4711)
exten => *90,3,Wait(7)
exten => *90,4,Goto(acme-dummy-in,8101,1)
exten => 101,1,Dial(PJSIP/acme_101,30)
exten => 101,2,Hangup()
exten => 103,1,Dial(PJSIP/acme_103,30)
exten => 104,1,Dial(PJSIP/acme_104,30)
exten => 105,1,Dial(PJSIP/acme_105,30)
exten => 105,2,Hangup()
exten => _9NXXXXXX,1,ExecIf($["${FROM_TRUNK}"=""]?Dial(PJSIP/${FILTER(0-9*#+,${EXTEN})}@carrier,120):Hangup(21))
exten => _9NXXXXXX,2,Hangup()
exten => _XXX,hint,PJSIP/acme_${EXTEN}
"""
ASTDB = """\
acme/dummy/*90: 7
acme/dummy-before/key: first
acme/dummy-cost/local: 3
acme/dummy-keys/kept: 1
acme/dummy-owner/5145550100: Al
acme/dummy-rows/*90-101: 2
acme/dummy-rows/*90-102: 1
"""
