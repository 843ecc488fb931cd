"""What is measured for somebody new is that they are compared with those who lie in the same blocks."""

import json
import random

from benchmarks import hub, resolution, season
from benchmarks.webhooks import push
from chalicelib.aws import keys, table
from chalicelib.canonical.ids import Leaf
from chalicelib.identity.blocks import keys_of
from chalicelib.identity.digests import digest


def test_who_is_new_is_laid_into_the_blocks_of_those_beside() -> None:
    cloud, chance = hub.open_hub(), random.Random(3)
    season.open_hotel()
    person = resolution._person(chance)
    (key, *_) = keys_of(resolution._sketch(person))
    resolution._lay_beside([person], 0)
    for row in resolution._rows({key: {Leaf("g" + "0" * 24): resolution._sketch(person)}}):
        table.write(table.Put(row))
    push(cloud, [season.webhook(resolution._guest(1, *person))])
    found = table.get(keys.block(digest("alike", f"|{key}")))
    assert found
    assert len(json.loads(str(found["sketches"]))) == 2
