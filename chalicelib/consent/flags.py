"""What a source's flags say of consent. Pure."""

from chalicelib.canonical.ids import ChannelName
from chalicelib.consent.model import FLAGS, Acts, Consent, key_of
from chalicelib.guests.model import Head
from chalicelib.settings.rules import Controllers


def opt_ins(head: Head, channel: ChannelName, controllers: Controllers) -> Acts:
    """What the source's flags for a channel say, as of the record that is kept, to whoever answers at the hotels that
    the source named it at. A box that is not ticked says nothing, and so does not object."""
    if head.record is None or head.version is None:
        return {}
    ticked = [topic for name, topic in FLAGS.items() if topic.channel == channel and getattr(head.record, name)]
    said = Consent(state="explicit", basis="source", at=head.version.changed_at)
    return {key_of(topic.purpose, each): said for topic in ticked for each in controllers.of(head.seen_at)}
