# What the PC reads on the cable: one line of JSON for each stage. Passwords are never in it.
import binascii
import json

MARK = "@lamplighter "


class Fault(Exception):
    # a stage that failed: its name, why, and a code or detail
    def __init__(self, stage, why, **more):
        super().__init__(stage, why)
        self.stage, self.why, self.more = stage, why, more


def stage(name, **more):
    more["st"] = name
    print(MARK + json.dumps(more))


def failed(fault):
    stage(fault.stage, bad=True, why=fault.why, **fault.more)


def to_bytes(text):
    # settings hold text, or {"hex": ...} where it is no UTF-8
    if isinstance(text, dict):
        return binascii.unhexlify(text["hex"])
    return (text or "").encode()
