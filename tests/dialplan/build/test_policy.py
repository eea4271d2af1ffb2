"""What staff may write into their own dialplan, and every way out of it that is closed."""

from contextlib import suppress

import pytest
from hypothesis import given

from dialplan.build.model import HINT, Line
from dialplan.build.policy import check_staff_line

from .strategies import data


def check(application: str, data: str = "", exten: str = "101") -> Line:
    return check_staff_line(Line("internal", exten, 1, application, data))


ALLOWED = [
    ("Answer", ""),
    ("answer", "500"),
    ("Background", "welcome&custom/menu-2,m,,{tenant}-ivr"),
    ("Busy", "10"),
    ("ConfBridge", "{tenant}-sales"),
    ("Dial", "PJSIP/{tenant}_101"),
    ("Dial", "PJSIP/{tenant}_101&PJSIP/{tenant}_102,20,tTm(default)L(60000:30000)A(beep)U({tenant}-screen^s^1)"),
    ("Dial", "PJSIP/{tenant}_${EXTEN:1},20"),
    ("Dial", "Local/101@{tenant}-internal/n,20"),
    ("Dial", "Local/${FILTER(0-9,${EXTEN:1})}@{tenant}-internal,60"),
    ("Echo", ""),
    ("ExecIf", '$["${DIALSTATUS}"="BUSY"]?Playback(busy):Hangup()'),
    ("ExecIf", "${DIALPLAN_EXISTS({tenant}-internal,${FILTER(0-9,${X})},1)}?Set(Y=1)"),
    ("Gosub", "{tenant}-sub,s,1(a,${EXTEN})"),
    ("Gosub", "s,1"),
    ("GosubIf", "$[1=1]?{tenant}-sub,s,1(a):{tenant}-sub,s,5"),
    ("Goto", "5"),
    ("Goto", "600,1"),
    ("Goto", "{tenant}-internal,${FILTER(0-9,${CHOICE})},1"),
    ("GotoIf", '$["${FILTER(0-9+,${CALLERID(num)})}"="5145551234"]?10:{tenant}-ivr,s,1'),
    ("GotoIf", "$[${LEN(${CALLERID(num)})} > 4 & ${RAND(1,2)} = 1]?10"),
    ("GotoIf", "${DB_EXISTS({tenant}/night/on)}?{tenant}-night,s,1"),
    ("GotoIf", '$["${DEVICE_STATE(PJSIP/{tenant}_101)}" = "NOT_INUSE"]?2:3'),
    ("GotoIf", "$[${STRFTIME(${EPOCH},America/Montreal,%H)} > 17]?{tenant}-night,s,1"),
    ("GotoIfTime", "9:00-17:00,mon-fri,*,*?{tenant}-day,s,1:{tenant}-night,s,1"),
    ("Hangup", "16"),
    ("NoOp", '${CALLERID(all)} ${IF($[1=1]?a:b)} [ok] "x" ${TOLOWER(${X})} ${CUT(X,-,2)} ${X:1:2}'),
    ("Page", "PJSIP/{tenant}_101&PJSIP/{tenant}_102,qdb({tenant}-auto-answer^s^1),5"),
    ("Playback", "welcome&${FILTER(a-z,${X})},noanswer"),
    ("Read", "CHOICE,menu,1,,2,5"),
    ("SayDigits", "${EXTEN}"),
    ("SendDTMF", "1234,250"),
    ("Set", "CHOICE=1"),
    ("Set", "__mine=${CALLERID(name)}"),
    ("Set", "CALLERID(name)=Sales: ${CALLERID(name)}"),
    ("Set", "CHANNEL(language)=fr"),
    ("Set", "DB({tenant}/cid/${CALLERID(num)})=Bob;x"),
    ("Set", "TIMEOUT(digit)=5"),
    ("Set", "PJSIP_HEADER(add,X-Queue)=${DB({tenant}/queue/name)}"),
    ("VoiceMail", "101@{tenant}&102@{tenant},u"),
    ("VoiceMailMain", "${FILTER(0-9,${CALLERID(num)})}@{tenant}"),
    ("Wait", "1"),
    ("WaitExten", "5,m"),
    ("While", "$[${LEN(${X})} < 5]"),
]


@pytest.mark.parametrize(("application", "data"), ALLOWED)
def test_allowed(application: str, data: str) -> None:
    assert check(application, data) == Line("internal", "101", 1, application, data)


APPLICATIONS = (
    "System TrySystem AGI EAGI Exec TryExec ExecIfTime MSet Macro Originate ChanSpy ExtenSpy ChannelRedirect SoftHangup MixMonitor Monitor "
    "Record Queue AddQueueMember Pickup Park ParkedCall DISA Directory Transfer UserEvent Log DumpChan DBdeltree Stasis ExternalIVR SHELL "
    "ReadFile MinivmNotify SendMail SendText MessageSend Bridge StackPop SayUnixTime JACK ICES MP3Player Festival SetAMAFlags NoSuchThing"
).split()


@pytest.mark.parametrize("application", APPLICATIONS)
def test_other_applications_are_refused_by_name(application: str) -> None:
    for written in (application, application.upper(), application.lower()):
        with pytest.raises(ValueError, match=rf"^application: {written} is not allowed .* allowed are Answer, "):
            check(written)


FUNCTIONS = (
    "SHELL GLOBAL ENV FILE STAT CURL ODBC_X EVAL SHARED IMPORT MASTER_CHANNEL AST_CONFIG AST_SORCERY REALTIME DB_DELETE DB_KEYS SYSINFO "
    "PJSIP_ENDPOINT PJSIP_AOR PJSIP_CONTACT VOLUME LOCK FEATURE FEATUREMAP CONFBRIDGE QUEUE_MEMBER VM_INFO AMI_CLIENT EXPORT HASH LOCAL "
    "STRREPLACE REPLACE LISTFILTER FIELDQTY PASSTHRU SHIFT POP URIDECODE DIALGROUP BLACKLIST AUDIOHOOK_INHERIT"
).split()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_other_functions_are_refused_by_name(function: str) -> None:
    for written in (f"${{{function}(x)}}", f"${{LEN(${{{function}(x)}})}}", f"$[${{{function}(x)}} = 1]", f"${{{function}(x):1:2}}"):
        with pytest.raises(ValueError, match=rf"^data: function {function} is not allowed .* allowed are CALLERID, "):
            check("NoOp", written)
    with pytest.raises(ValueError, match=rf"^data: function {function} is not allowed"):
        check("Set", f"{function}(x)=y")


ANOTHER_TENANT = [
    ("Goto", "globex-internal,101,1"),
    ("Goto", "${X}"),
    ("Goto", "${X},1"),
    ("Goto", "${X}-internal,101,1"),
    ("Goto", "{tenant}${X},101,1"),
    ("Goto", "${tenant}-internal,101,1"),
    ("Goto", "trunk-carrier,101,1"),
    ("Goto", "default,101,1"),
    ("Goto", "{tenant},101,1"),
    ("Goto", "{tenant}x-internal,101,1"),
    ("Goto", "$[1 | globex],101,1"),
    ("Goto", '"{tenant}-internal",101,1'),
    ("Goto", r"\{tenant}-internal,101,1"),
    ("Goto", " globex-internal,101,1"),
    ("Goto", ""),
    ("GotoIf", "1?globex-internal,101,1"),
    ("GotoIf", "1?5:globex-internal,101,1"),
    ("GotoIf", "${X}?5"),
    ("GotoIf", "$[${X}]?5"),
    ("GotoIf", '$["${CALLERID(name)}"="Bob"]?5'),
    ("GotoIf", "1?5?globex-internal,101,1"),
    ("GotoIf", '"(?globex,1:2,3)'),
    ("GotoIf", "(?globex-internal,1:2,3)"),
    ("GotoIf", '$["1?globex-internal,1,1:"]?5'),
    ("GotoIf", '$["x1" : "x(.*)"]?5'),
    ("GotoIf", "{tenant}-x"),
    ("GotoIfTime", "${X}?5"),
    ("GotoIfTime", "*,*,*,*?globex-day,s,1"),
    ("Gosub", "globex-sub,s,1"),
    ("Gosub", "s,1(a)(b)"),
    ("Gosub", "s,1(${X})"),
    ("GosubIf", "1?globex-sub,s,1"),
    ("ExecIf", "1?Goto(globex-internal,101,1)"),
    ("ExecIf", "1?NoOp(${X}):Hangup()"),
    ("ExecIf", "1?NoOp():Hangup():System(id)"),
    ("ExecIf", "1?ExecIf(1?NoOp())"),
    ("ExecIf", "${X}?NoOp()"),
    ("ExecIf", "1?"),
    ("ExecIf", "1"),
    ("Dial", "PJSIP/globex_101"),
    ("Dial", "PJSIP/{tenant}_101&PJSIP/globex_101"),
    ("Dial", "PJSIP/{tenant}_${X}"),
    ("Dial", "PJSIP/{tenant}_101/sip:1@example.net"),
    ("Dial", "PJSIP/${X}"),
    ("Dial", "PJSIP/{tenant}${FILTER(0-9_,${X})}"),
    ("Dial", "PJSIP/{tenant}_${FILTER(0-9&/,${X})}"),
    ("Dial", "PJSIP/{tenant}_${FILTER(!-~,${X})}"),
    ("Dial", "PJSIP/{tenant}_${FILTER(A-z,${X})}"),
    ("Dial", "PJSIP/$[5&PJSIP/globex_101]@carrier"),
    ("Dial", 'PJSIP/$["5&PJSIP/globex_101"]@carrier'),
    ("Dial", "PJSIP/carrier"),
    ("Dial", "PJSIP/carrier/sip:1@example.net"),
    ("Dial", "PJSIP/1@other"),
    ("Dial", "PJSIP/1@${X}"),
    ("Dial", "PJSIP/1@globex_101"),
    ("Dial", "Local/101@globex-internal"),
    ("Dial", "Local/101@${X}"),
    ("Dial", "Local/${X}@{tenant}-internal"),
    ("Dial", "Local/1@trunk-carrier"),
    ("Dial", "SIP/{tenant}_101"),
    ("Dial", "DAHDI/1"),
    ("Dial", "MulticastRTP/basic/239.1.1.1:5000"),
    ("Dial", "PJSIP/{tenant}_101,20,U(globex-sub^s^1)"),
    ("Dial", "PJSIP/{tenant}_101,20,G(default^s^1)"),
    ("Dial", "PJSIP/{tenant}_101,20,M(x)"),
    ("Dial", "PJSIP/{tenant}_101,20,${X}"),
    ("Dial", "PJSIP/{tenant}_101,${T}"),
    ("Dial", "PJSIP/{tenant}_101,20,t,http://x"),
    ("Dial", "PJSIP/{tenant}_101,20,A(/etc/passwd)"),
    ("Dial", "PJSIP/{tenant}_101,20,K"),
    ("Dial", "PJSIP/{tenant}_101,20,X"),
    ("Dial", "PJSIP/{tenant}_101,20,U"),
    ("Dial", "PJSIP/{tenant}_101,20,("),
    ("Dial", "PJSIP/{tenant}_101,20,b({tenant}-a^s^1"),
    ("Page", "PJSIP/globex_101"),
    ("Page", "PJSIP/{tenant}_101,r"),
    ("Page", "PJSIP/{tenant}_101,b(globex-auto-answer^s^1)"),
    ("Background", "menu,,,globex-internal"),
    ("ConfBridge", "sales"),
    ("ConfBridge", "${X}"),
    ("ConfBridge", "{tenant}-sales,,,admin_menu"),
    ("VoiceMail", "101@globex"),
    ("VoiceMail", "101"),
    ("VoiceMail", "101@{tenant}&101@globex"),
    ("VoiceMail", "101@{tenant},d(globex-internal)"),
    ("VoiceMailMain", "@globex"),
    ("VoiceMailMain", "${X}@{tenant}"),
    ("SendDTMF", "1,,,PJSIP/globex_101-00000001"),
    ("DBdel", "globex/cid/1"),
    ("DBdel", "${X}/cid/1"),
    ("DBdel", "{tenant}/cid/${X}"),
    ("NoOp", "${DB(globex/cid/1)}"),
    ("NoOp", "${DB(${X})}"),
    ("NoOp", "${DB(${X}/cid/1)}"),
    ("NoOp", "${DB({tenant}${X}/cid/1)}"),
    ("NoOp", "${DB(/{tenant}/cid/1)}"),
    ("NoOp", "${DEVICE_STATE(PJSIP/globex_101)}"),
    ("NoOp", "${DEVICE_STATE(PJSIP/${X})}"),
    ("NoOp", "${DIALPLAN_EXISTS(globex-internal,101,1)}"),
    ("NoOp", "${EXTENSION_STATE(101@globex-internal)}"),
    ("Set", "DB(globex/cid/1)=x"),
    ("Set", "DB(${X})=x"),
]


@pytest.mark.parametrize(("application", "data"), ANOTHER_TENANT)
def test_nothing_reaches_another_tenant(application: str, data: str) -> None:
    with pytest.raises(ValueError, match=r"^(data|application): .+") as refused:
        check(application, data)
    assert "\n" not in str(refused.value)
    assert not any("\ue000" <= character <= "\uf8ff" for character in str(refused.value))


RUNS_A_PROGRAM = [
    ("NoOp", "${SHELL(id)}"),
    ("NoOp", "${${X}}"),
    ("NoOp", "${${X}(id)}"),
    ("NoOp", "${SH${X}(id)}"),
    ("NoOp", "${CUT(SHELL(id),,1)}"),
    ("NoOp", "${CUT(${X},,1)}"),
    ("NoOp", "$[SHELL(id)]"),
    ("NoOp", "$[${X}]"),
    ("NoOp", '$["${X}"="1"]'),
    ("NoOp", '$["${CALLERID(name)}"="Bob"]'),
    ("NoOp", '$["${FILTER(-~,${X})}"="Bob"]'),
    ("NoOp", '$["${DB({tenant}/a/b)}"="Bob"]'),
    ("NoOp", '${IF($["${X}"="1"]?a:b)}'),
    ("NoOp", "$[${IF($[1=1]?SHELL:x)}]"),
    ("NoOp", "$[a"),
    ("NoOp", "${a"),
    ("NoOp", "${LEN($[1)}]"),
    ("NoOp", "${LEN({)}"),
    ("NoOp", "$[ [1] ]"),
    ("NoOp", '$["a]'),
    ("NoOp", "${x(y)}"),
    ("NoOp", "${a-b}"),
    ("NoOp", "${}"),
    ("NoOp", "${X:${Y}}"),
    ("NoOp", "\ue001"),
    ("Set", "${X}=1"),
    ("Set", "SHELL(id)=1"),
    ("Set", "x"),
    ("Playback", "/var/spool/asterisk/monitor/x"),
    ("Playback", "../../x"),
    ("Playback", "http://10.0.0.1/x"),
    ("Playback", "${X}"),
    ("Playback", "x,say"),
    ("Background", "/etc/passwd"),
    ("Read", "X,/etc/passwd"),
]


@pytest.mark.parametrize(("application", "data"), RUNS_A_PROGRAM)
def test_nothing_runs_a_program_or_reads_a_file(application: str, data: str) -> None:
    with pytest.raises(ValueError, match=r"^data: "):
        check(application, data)


STEERING = (
    "FROM_TRUNK _FROM_TRUNK __FROM_TRUNK from_trunk AUTO_ANSWER __AUTO_ANSWER DIALSTATUS HANGUPCAUSE TRANSFER_CONTEXT __TRANSFER_CONTEXT "
    "FORWARD_CONTEXT GOTO_ON_BLINDXFR BLINDTRANSFER DYNAMIC_FEATURES MONITOR_EXEC EXITCONTEXT SPYGROUP GOSUB_RESULT PARKINGDYNCONTEXT "
    "CONNECTED_LINE_SEND_SUB REDIRECTING_SEND_SUB EXTEN ___X 1X a-b"
).split()


@pytest.mark.parametrize("name", STEERING)
def test_variables_that_steer_asterisk_are_not_set(name: str) -> None:
    with pytest.raises(ValueError, match=r"^data: Set: "):
        check("Set", f"{name}=x")
    with pytest.raises(ValueError, match=r"^data: Read: "):
        check("Read", f"{name},menu")
    with pytest.raises(ValueError, match=r"^data: Set: "):
        check("ExecIf", f"1?Set({name}=x)")


@pytest.mark.parametrize(
    "target", ["CHANNEL(hangup_handler_push)", "CHANNEL(tenantid)", "CHANNEL(name)", "LEN(x)", "CUT(X)", "DEVICE_STATE(x)"]
)
def test_functions_that_are_not_set(target: str) -> None:
    with pytest.raises(ValueError, match=r"^data: "):
        check("Set", f"{target}=globex-internal,s,1")


@pytest.mark.parametrize("data", ["${CALLERID(name)}", "${DB({tenant}/x)}", "a:b", "SHELL(id)", "x,1"])
def test_staff_give_back_words_alone(data: str) -> None:
    assert check("Return", "${FILTER(0-9,${EXTEN})}")
    with pytest.raises(ValueError, match=r"^data: Return: "):
        check("Return", data)


@pytest.mark.parametrize("folder", ["../../spool/voicemail-globex/101", "/etc", "..", "en/../x", "${X}", "en,x", ""])
def test_a_language_is_no_way_to_the_files_of_others(folder: str) -> None:
    for name in ("language", "musicclass"):
        with pytest.raises(ValueError, match=r"^data: Set: "):
            check("Set", f"CHANNEL({name})={folder}")
        with pytest.raises(ValueError, match=r"^data: (Set|ExecIf): "):
            check("ExecIf", f"1?Set(CHANNEL({name})={folder})")


@pytest.mark.parametrize("exten", ["_9.", "_9!"])
def test_what_an_open_pattern_matched_must_be_filtered(exten: str) -> None:
    with pytest.raises(ValueError, match=r"^data: Dial: .* must be wrapped, as in \$\{FILTER"):
        check("Dial", "Local/${EXTEN:1}@{tenant}-internal", exten)
    assert check("Dial", "Local/${FILTER(0-9,${EXTEN:1})}@{tenant}-internal", exten)
    assert check("Dial", "Local/${EXTEN:1}@{tenant}-internal", "_9NXXXXXX")


@pytest.mark.parametrize("context", ["in-carrier", "auto-answer"])
def test_reserved_contexts(context: str) -> None:
    with pytest.raises(ValueError, match=r"^context: "):
        check_staff_line(Line(context, "1", 1, "NoOp", ""))


@pytest.mark.parametrize("device", ["PJSIP/{tenant}_101", "PJSIP/{tenant}_${EXTEN}", "Custom:{tenant}_night&PJSIP/{tenant}_101"])
def test_hints(device: str) -> None:
    assert check_staff_line(Line("internal", "_1XX", HINT, "", device))


@pytest.mark.parametrize(
    "device", ["PJSIP/globex_101", "Custom:night", "PJSIP/{tenant}_101&PJSIP/globex_101", "PJSIP/carrier", "PJSIP/${EXTEN}"]
)
def test_hints_on_others(device: str) -> None:
    with pytest.raises(ValueError, match=r"^data: a hint may not watch "):
        check_staff_line(Line("internal", "_1XX", HINT, "", device))


@pytest.mark.parametrize("device", ["PJSIP/1@carrier", "PJSIP/${FILTER(0-9,${EXTEN:1})}@carrier,60"])
def test_trunks_are_reached_through_outgoing_lines_alone(device: str) -> None:
    with pytest.raises(ValueError, match=r"calls go out by Local/NUMBER@\{tenant\}-internal, where the outgoing lines are"):
        check("Dial", device)


def test_the_form_of_a_line_is_checked_too() -> None:
    with pytest.raises(ValueError, match=r"^exten: "):
        check("NoOp", "", "_.")
    assert check("NoOp", "", "_nxx").exten == "_NXX"


@given(data)
def test_law_any_data_is_answered_with_a_line_or_a_message(data: str) -> None:
    for application in ("NoOp", "Set", "Dial", "Goto", "GotoIf", "ExecIf", "Gosub", "Page", "Playback"):
        with suppress(ValueError):
            assert check(application, data).data == data
