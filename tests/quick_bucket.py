"""What the hub puts into its bucket goes to moto's code for objects without HTTP; all else of S3 is moto's own.

tests/aws/test_quick_moto.py compares what lies there then.
"""

from base64 import b64encode
from typing import Any
from zlib import crc32

from botocore.client import BaseClient
from moto.s3.models import s3_backends

from tests.quick_moto import ACCOUNT

PLAIN = {"Bucket", "Key", "Body"}


def answers(client: BaseClient, operation: str, arguments: Any) -> bool:
    """Some bytes by their key, in a bucket that there is."""
    return (
        operation == "PutObject"
        and client.meta.service_model.service_name == "s3"
        and arguments.keys() == PLAIN
        and list(map(type, arguments.values())) == [str, str, bytes]
        and bool(arguments["Key"])
        and arguments["Bucket"] in s3_backends[ACCOUNT]["aws"].buckets
    )


def answer(arguments: Any) -> dict[str, Any]:
    """As botocore reads S3's, with the checksum that it would have sent along."""
    bucket = s3_backends[ACCOUNT]["aws"]
    checksum = b64encode(crc32(arguments["Body"]).to_bytes(4, "big")).decode()
    kept = bucket.put_object(
        arguments["Bucket"], arguments["Key"], arguments["Body"], storage="STANDARD", checksum_value=checksum
    )
    kept.checksum_algorithm = "CRC32"
    kept.set_acl(bucket.get_bucket(arguments["Bucket"]).acl)
    bucket.put_object_tagging(kept, {})
    return {"ResponseMetadata": {"HTTPStatusCode": 200}, "ETag": kept.etag, "ChecksumCRC32": checksum}
