"""Real SIP endpoints for tests against a real Asterisk, each a sipp process.

    with Phone(server, "acme_101", "s101") as alice, Phone(server, "acme_102", "s102") as bob:
        alice.register()
        bob.register()
        bob.answer()
        call = alice.call("102")
        call.wait_answered()
        arrived = bob.wait_call()
        assert (arrived.caller, arrived.header("Call-Info")) == ("101", None)
        call.hang_up()
        arrived.wait_ended()

The end of a `with` hangs up and stops the processes; what failed inside it shows the messages of its endpoints.
"""

from tests.sip.call import Call
from tests.sip.endpoints import Carrier, Phone
from tests.sip.message import Message
from tests.sip.sipp import Address, SipError, need_sipp

__all__ = ["Address", "Call", "Carrier", "Message", "Phone", "SipError", "need_sipp"]
