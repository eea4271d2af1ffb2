"""The configuration files of a private Asterisk, as texts."""

from pathlib import Path

from dialplan.build.pjsip import transport_sections
from dialplan.build.text import node_dialplan_text, node_pjsip_text
from dialplan.deploy.folder import MARKER, NODE_DIALPLAN, NODE_PJSIP

# Modules that need a server or a file which a private node does not have: loading them costs time and fills the log with warnings.
_NOLOAD = """
app_adsiprog app_agent_pool app_alarmreceiver app_amd app_festival app_followme app_getcpeid app_jack app_minivm app_queue app_sms
app_stasis app_stasis_broadcast app_test app_voicemail_odbc
cdr_adaptive_odbc cdr_csv cdr_custom cdr_manager cdr_odbc cdr_pgsql cdr_radius cdr_sqlite3_custom cdr_tds
cel_custom cel_manager cel_odbc cel_pgsql cel_radius cel_sqlite3_custom cel_tds
chan_console chan_iax2 chan_motif chan_sip chan_unistim chan_websocket
func_odbc func_realtime pbx_ael pbx_dundi pbx_lua pbx_realtime
res_adsi res_aeap res_ael_share res_ari res_ari_applications res_ari_asterisk res_ari_bridges res_ari_channels res_ari_device_states
res_ari_endpoints res_ari_events res_ari_model res_ari_playbacks res_ari_recordings res_ari_sounds
res_calendar res_calendar_caldav res_calendar_ews res_calendar_exchange res_calendar_icalendar res_cdrel_custom res_clialiases
res_config_curl res_config_ldap res_config_odbc res_config_pgsql res_config_sqlite3 res_fax res_fax_spandsp res_geolocation
res_hep res_hep_pjsip res_hep_rtcp res_http_media_cache res_http_post res_odbc res_odbc_transaction res_phoneprov
res_pjsip_config_wizard res_pjsip_geolocation res_pjsip_notify res_pjsip_phoneprov_provider res_pjsip_stir_shaken
res_pjsip_transport_websocket res_prometheus res_realtime res_smdi res_snmp res_sorcery_realtime res_speech_aeap
res_stasis res_stasis_answer res_stasis_broadcast res_stasis_device_state res_stasis_playback res_stasis_recording res_stasis_snoop
res_stasis_test res_statsd res_stir_shaken res_stun_monitor res_websocket_client res_xmpp
"""

# Asterisk asks for these; an empty one means its defaults.
_EMPTY = ("acl", "ccss", "cel", "confbridge", "features", "pjproject", "res_parking", "stasis", "udptl")

_INDICATIONS = """[general]
country = us
[us]
description = United States
ringcadence = 2000,4000
dial = 350+440
busy = 480+620/500,0/500
ring = 440+480/2000,0/4000
congestion = 480+620/250,0/250
"""


def files(
    folder: Path, modules: Path, sip_port: int, ami_port: int, ami_user: str, ami_secret: str, rtp_ports: tuple[int, int]
) -> tuple[dict[str, str], dict[str, str]]:
    """(files to write at every start, files to write only where there is none)."""
    lib = folder / "lib"
    directories = {
        "astetcdir": folder,
        "astmoddir": modules,
        "astvarlibdir": lib,
        "astdbdir": lib,
        "astkeydir": lib,
        "astdatadir": lib,
        "astagidir": lib / "agi-bin",
        "astspooldir": folder / "spool",
        "astrundir": folder / "run",
        "astlogdir": folder / "log",
    }
    asterisk = "[directories]\n" + "".join(f"{name} => {path}\n" for name, path in directories.items())
    always = {
        "asterisk.conf": asterisk + "[options]\nhideconnect = yes\nlive_dangerously = no\n",
        "modules.conf": "[modules]\nautoload = yes\n" + "".join(f"noload = {name}.so\n" for name in _NOLOAD.split()),
        "manager.conf": (
            f"[general]\nenabled = yes\nbindaddr = 127.0.0.1\nport = {ami_port}\ndisplayconnects = no\n"
            f"[{ami_user}]\nsecret = {ami_secret}\ndeny = 0.0.0.0/0.0.0.0\npermit = 127.0.0.1/255.255.255.255\nread = all\nwrite = all\n"
        ),
        "logger.conf": "[general]\ndateformat = %F %T.%3q\nqueue_log = no\n[logfiles]\nmessages.log => warning,error\n",
        "rtp.conf": f"[general]\nrtpstart = {rtp_ports[0]}\nrtpend = {rtp_ports[1]}\nicesupport = no\n",
        "cdr.conf": "[general]\nenable = no\n",
        "indications.conf": _INDICATIONS,
        "musiconhold.conf": f"[default]\nmode = files\ndirectory = {lib / 'moh'}\n",
        "voicemail.conf": "[general]\nformat = wav\n",
        **{f"{name}.conf": "" for name in _EMPTY},
    }
    once = {
        NODE_DIALPLAN: f"{MARKER}\n{node_dialplan_text((), {})}",
        NODE_PJSIP: f"{MARKER}\n{node_pjsip_text((), transport_sections(f'127.0.0.1:{sip_port}'))}",
    }
    return always, once
