"""Once it is imported, each message of a kernel that this process reads is checked by Jupyter's schemas for it, whatever a test is about."""
from jsonschema import ValidationError
from jupyter_client.session import Session
from jupyter_kernel_test.msgspec_v5 import schema_fragments, validate_message

#: What was wrong with a message, in order.
COMPLAINTS: list[str] = []
#: The types that were checked.
CHECKED: set[str] = set()

_deserialize = Session.deserialize


def _checked(self, *args, **options):
    message = _deserialize(self, *args, **options)
    kind = message["header"]["msg_type"]
    if kind in schema_fragments:
        CHECKED.add(kind)
        try:
            validate_message(message)
        except ValidationError as error:
            COMPLAINTS.append(f"{kind}: {error.message}")
    return message


Session.deserialize = _checked


def all_valid():
    """For the end of a module: fails where a message was wrong, and where none was read."""
    if COMPLAINTS or "status" not in CHECKED:
        raise AssertionError(f"of {sorted(CHECKED) or 'no messages'} these are invalid: {COMPLAINTS}")
