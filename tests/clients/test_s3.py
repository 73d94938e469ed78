"""S3 with the clients people use: boto3, its transfer manager, and the aws CLI."""

import base64
import concurrent.futures
import hashlib
import itertools
import os
import random
import re
import socket
import urllib.error
import urllib.request
import uuid

import boto3
import botocore.config
import botocore.exceptions
import pytest
from boto3.s3.transfer import TransferConfig

MIB = 1 << 20


@pytest.fixture
def s3(shared):
    return shared.client("s3")


@pytest.fixture
def bucket(s3):
    name = f"bucket-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def virtual_host_s3(shared, monkeypatch):
    """A client that puts the bucket into the host's name; such names lead to this machine."""
    real = socket.getaddrinfo

    def here(host, *rest, **more):
        text = host.decode() if isinstance(host, bytes) else host
        return real("127.0.0.1" if text.endswith("localhost") else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", here)
    return boto3.client(
        "s3",
        endpoint_url=f"http://s3.localhost:{shared.port}",
        region_name="us-east-1",
        aws_access_key_id="000000000000",
        aws_secret_access_key="any",
        config=botocore.config.Config(s3={"addressing_style": "virtual"}, retries={"max_attempts": 0}),
    )


def code_of(call, *arguments, **members):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(*arguments, **members)
    return caught.value.response["Error"]["Code"]


def read(s3, bucket, key, **members):
    return s3.get_object(Bucket=bucket, Key=key, **members)["Body"].read()


def test_an_object_comes_back_with_what_was_said_about_it(s3, bucket):
    # API_PutObject, API_GetObject
    s3.put_object(
        Bucket=bucket,
        Key="dir/a b+ü.txt",
        Body=b"hello",
        ContentType="text/plain",
        CacheControl="no-cache",
        Metadata={"colour": "blue"},
        Tagging="a=1",
        StorageClass="STANDARD_IA",
    )
    got = s3.get_object(Bucket=bucket, Key="dir/a b+ü.txt")
    assert got["Body"].read() == b"hello"
    assert got["ContentType"] == "text/plain"
    assert got["CacheControl"] == "no-cache"
    assert got["Metadata"]["colour"] == "blue"
    assert got["StorageClass"] == "STANDARD_IA"
    assert got["ServerSideEncryption"] == "AES256"
    assert got["TagCount"] == 1
    head = s3.head_object(Bucket=bucket, Key="dir/a b+ü.txt")
    assert (head["ContentLength"], head["ETag"]) == (5, f'"{hashlib.md5(b"hello").hexdigest()}"')


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
def test_checksums_are_checked_kept_and_shown(s3, bucket, algorithm):
    # "Checking object integrity": the SDK sends them as trailers and checks what comes back
    if algorithm in ("CRC32C", "CRC64NVME"):
        pytest.importorskip("awscrt", reason="boto3 computes this checksum with awscrt")
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"checked", ChecksumAlgorithm=algorithm)
    assert put[f"Checksum{algorithm}"]
    got = s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert got[f"Checksum{algorithm}"] == put[f"Checksum{algorithm}"]
    assert got["Body"].read() == b"checked"


def test_the_default_checksum_is_crc32_and_a_wrong_one_stores_nothing(s3, bucket):
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"checked")
    assert put["ChecksumCRC32"] and put["ChecksumType"] == "FULL_OBJECT"
    wrong = base64.b64encode(b"\0\0\0\0").decode()
    assert code_of(s3.put_object, Bucket=bucket, Key="wrong", Body=b"x", ChecksumCRC32=wrong) == "BadDigest"
    assert code_of(s3.head_object, Bucket=bucket, Key="wrong") == "404"


def test_versions_and_markers(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    ids = [s3.put_object(Bucket=bucket, Key="k", Body=str(n).encode())["VersionId"] for n in range(3)]
    assert read(s3, bucket, "k") == b"2"
    assert read(s3, bucket, "k", VersionId=ids[0]) == b"0"
    marker = s3.delete_object(Bucket=bucket, Key="k")
    assert marker["DeleteMarker"] is True
    assert code_of(s3.get_object, Bucket=bucket, Key="k") == "NoSuchKey"
    listed = s3.list_object_versions(Bucket=bucket)
    assert [version["VersionId"] for version in listed["Versions"]] == ids[::-1]
    assert listed["DeleteMarkers"][0]["IsLatest"] is True
    s3.delete_object(Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    assert read(s3, bucket, "k") == b"2"
    paged = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": 1})
    assert [version["VersionId"] for page in paged for version in page.get("Versions", [])] == ids[::-1]
    boto3_versions = [{"Key": "k", "VersionId": version} for version in ids]
    gone = s3.delete_objects(Bucket=bucket, Delete={"Objects": boto3_versions})
    assert len(gone["Deleted"]) == 3
    s3.delete_bucket(Bucket=bucket)


def test_the_transfer_manager_uploads_and_downloads_in_parts(s3, bucket, tmp_path):
    config = TransferConfig(multipart_threshold=6 * MIB, multipart_chunksize=5 * MIB)
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(random.Random(7).randbytes(17 * MIB + 3))
    s3.upload_file(str(source), bucket, "big", Config=config, ExtraArgs={"Metadata": {"a": "1"}})
    head = s3.head_object(Bucket=bucket, Key="big", ChecksumMode="ENABLED")
    assert head["ETag"].endswith('-4"') and head["ContentLength"] == 17 * MIB + 3 and head["Metadata"] == {"a": "1"}
    s3.download_file(bucket, "big", str(target), Config=config)
    assert target.read_bytes() == source.read_bytes()
    part = s3.get_object(Bucket=bucket, Key="big", PartNumber=4)
    assert (part["PartsCount"], part["ContentLength"]) == (4, 2 * MIB + 3)
    s3.copy({"Bucket": bucket, "Key": "big"}, bucket, "copied-in-parts", Config=config)
    assert hashlib.md5(read(s3, bucket, "copied-in-parts")).digest() == hashlib.md5(source.read_bytes()).digest()
    attributes = s3.get_object_attributes(Bucket=bucket, Key="big", ObjectAttributes=["ObjectParts", "ObjectSize"])
    assert attributes["ObjectParts"]["TotalPartsCount"] == 4


def test_an_upload_by_hand(s3, bucket):
    # As most scripts do it: ETags and part numbers only
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    parts = []
    for number, body in [(1, b"a" * 5 * MIB), (2, b"end")]:
        done = s3.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=number, Body=body)
        parts.append({"PartNumber": number, "ETag": done["ETag"]})
    assert len(s3.list_parts(Bucket=bucket, Key="k", UploadId=upload)["Parts"]) == 2
    assert s3.list_multipart_uploads(Bucket=bucket)["Uploads"][0]["UploadId"] == upload
    s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload, MultipartUpload={"Parts": parts})
    assert read(s3, bucket, "k", Range="bytes=-4") == b"aend"
    stopped = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    s3.abort_multipart_upload(Bucket=bucket, Key="k", UploadId=stopped)
    assert code_of(s3.list_parts, Bucket=bucket, Key="k", UploadId=stopped) == "NoSuchUpload"


def test_lists_come_in_pages(s3, bucket):
    keys = sorted(f"{folder}/{n:03}" for folder, n in itertools.product("abc", range(5)))
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 4})
    assert [entry["Key"] for page in pages for entry in page["Contents"]] == keys
    pages = s3.get_paginator("list_objects").paginate(Bucket=bucket, PaginationConfig={"PageSize": 4})
    assert [entry["Key"] for page in pages for entry in page["Contents"]] == keys
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 1})
    assert [prefix["Prefix"] for page in pages for prefix in page["CommonPrefixes"]] == ["a/", "b/", "c/"]


def test_copies_and_tags(s3, bucket):
    s3.put_object(Bucket=bucket, Key="from", Body=b"body", Metadata={"a": "1"}, Tagging="t=1")
    copied = s3.copy_object(Bucket=bucket, Key="to", CopySource={"Bucket": bucket, "Key": "from"})
    assert copied["CopyObjectResult"]["ETag"] == f'"{hashlib.md5(b"body").hexdigest()}"'
    assert s3.head_object(Bucket=bucket, Key="to")["Metadata"] == {"a": "1"}
    s3.put_object_tagging(Bucket=bucket, Key="to", Tagging={"TagSet": [{"Key": "new", "Value": "2"}]})
    assert s3.get_object_tagging(Bucket=bucket, Key="to")["TagSet"] == [{"Key": "new", "Value": "2"}]
    assert s3.get_object_tagging(Bucket=bucket, Key="from")["TagSet"] == [{"Key": "t", "Value": "1"}]


def test_conditions(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    assert code_of(s3.put_object, Bucket=bucket, Key="k", Body=b"2", IfNoneMatch="*") == "PreconditionFailed"
    assert code_of(s3.get_object, Bucket=bucket, Key="k", IfNoneMatch=etag) == "304"
    s3.put_object(Bucket=bucket, Key="k", Body=b"3", IfMatch=etag)
    assert read(s3, bucket, "k") == b"3"
    assert code_of(s3.get_object, Bucket=bucket, Key="k", Range="bytes=9-") == "InvalidRange"


def fetch(url, data=None, method=None):
    request = urllib.request.Request(url, data=data, method=method)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def is_expired(url):
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(url)
    return refused.value.code == 403 and b"Request has expired" in refused.value.read()


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_presigned_urls_work_until_they_expire(shared, bucket, version):
    s3 = shared.client("s3", signature_version=version)
    members = {"Bucket": bucket, "Key": "dir/k"}
    fetch(s3.generate_presigned_url("put_object", Params=members, ExpiresIn=60), b"by url", "PUT")
    get = s3.generate_presigned_url("get_object", Params=members, ExpiresIn=60)
    assert fetch(get) == b"by url"
    typed = s3.generate_presigned_url("get_object", Params=members | {"ResponseContentType": "text/x"}, ExpiresIn=60)
    with urllib.request.urlopen(typed) as answer:
        assert answer.headers["content-type"] == "text/x"
    # Long ago, the way each version says it.
    stale = re.sub(r"X-Amz-Date=\d+T\d+Z", "X-Amz-Date=20200101T000000Z", get)
    assert is_expired(re.sub(r"([?&])Expires=\d+", r"\1Expires=1500000000", stale))


def test_buckets_in_the_hosts_name(virtual_host_s3):
    s3 = virtual_host_s3
    name = f"vhost-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="dir/k", Body=b"there")
    assert read(s3, name, "dir/k") == b"there"
    url = s3.generate_presigned_url("get_object", Params={"Bucket": name, "Key": "dir/k"})
    assert f"//{name}.s3.localhost" in url and fetch(url) == b"there"
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=name)["Contents"]] == ["dir/k"]


def test_accounts_and_regions(shared, s3, bucket):
    other = shared.client("s3", account="111111111111")
    assert code_of(other.list_objects_v2, Bucket=bucket) == "AccessDenied"
    assert code_of(other.create_bucket, Bucket=bucket) == "BucketAlreadyExists"
    assert bucket not in [entry["Name"] for entry in other.list_buckets()["Buckets"]]
    there = shared.client("s3", region="eu-west-1")
    name = f"eu-{uuid.uuid4().hex[:12]}"
    there.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-west-1"
    assert s3.head_bucket(Bucket=name)["BucketRegion"] == "eu-west-1"


def test_configurations_of_a_bucket(s3, bucket):
    rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]
    assert code_of(s3.get_bucket_cors, Bucket=bucket) == "NoSuchCORSConfiguration"
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == rules
    lifecycle = [{"ID": "x", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 1}}]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": lifecycle})
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == lifecycle
    policy = '{"Version": "2012-10-17", "Statement": []}'
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert s3.get_bucket_policy(Bucket=bucket)["Policy"] == policy
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert all(block.values()) and len(block) == 4
    encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert s3.get_bucket_acl(Bucket=bucket)["Grants"][0]["Permission"] == "FULL_CONTROL"
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    assert "EventBridgeConfiguration" in s3.get_bucket_notification_configuration(Bucket=bucket)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "a", "Value": "1"}]


def test_the_command_line_copies_syncs_lists_and_removes(shared, s3, bucket, tmp_path):
    tree = tmp_path / "tree"
    (tree / "sub").mkdir(parents=True)
    (tree / "a.txt").write_text("a")
    (tree / "sub" / "b.txt").write_text("b")
    (tree / "big.bin").write_bytes(os.urandom(9 * MIB))
    for path in tree.rglob("*"):
        # S3 shows whole seconds: what is younger than the upload's second would be copied again.
        os.utime(path, (path.stat().st_mtime - 60,) * 2)
    shared.aws("s3", "sync", str(tree), f"s3://{bucket}/tree")
    assert "sub/b.txt" in shared.aws("s3", "ls", "--recursive", f"s3://{bucket}/tree/")
    assert shared.aws("s3", "sync", str(tree), f"s3://{bucket}/tree") == ""
    back = tmp_path / "back"
    shared.aws("s3", "cp", "--recursive", f"s3://{bucket}/tree", str(back))
    assert (back / "big.bin").read_bytes() == (tree / "big.bin").read_bytes()
    shared.aws("s3", "cp", f"s3://{bucket}/tree/big.bin", f"s3://{bucket}/copy.bin")
    assert read(s3, bucket, "copy.bin") == (tree / "big.bin").read_bytes()
    shared.aws("s3", "mv", f"s3://{bucket}/tree/a.txt", f"s3://{bucket}/moved.txt")
    url = shared.aws("s3", "presign", f"s3://{bucket}/moved.txt").strip()
    assert fetch(url) == b"a"
    shared.run("aws", "s3", "cp", "-", f"s3://{bucket}/piped", input="from a pipe")
    assert shared.aws("s3", "cp", f"s3://{bucket}/piped", "-") == "from a pipe"
    shared.aws("s3", "rm", "--recursive", f"s3://{bucket}")
    shared.aws("s3", "rb", f"s3://{bucket}")
    assert bucket not in shared.aws("s3", "ls")


def test_what_was_acknowledged_survives_a_killed_server(new_server):
    # product.md §1: a 200 to a write means that it survives kill -9; a put is visible whole or not at all
    server = new_server("--builds", "host")
    client = server.client("s3")
    client.create_bucket(Bucket="crash-bucket")
    client.put_bucket_versioning(Bucket="crash-bucket", VersioningConfiguration={"Status": "Enabled"})
    acknowledged, keys = {}, itertools.count()
    for round_ in range(3):
        server_client = server.client("s3")

        def put(_):
            key = f"k{next(keys):05}"
            body = random.Random(key).randbytes(random.Random(key + "size").randrange(1, 300_000))
            try:
                server_client.put_object(Bucket="crash-bucket", Key=key, Body=body)
            except Exception:
                return False
            acknowledged[key] = hashlib.md5(body).hexdigest()
            return True

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            running = [pool.submit(put, n) for n in range(400)]
            concurrent.futures.wait(running[:40])
            server.kill()
        server.start()
        client = server.client("s3")
        pages = client.get_paginator("list_objects_v2").paginate(Bucket="crash-bucket")
        listed = {entry["Key"]: entry for page in pages for entry in page.get("Contents", [])}
        assert len(acknowledged) >= 40 * (round_ + 1) - 8
        assert set(acknowledged) <= set(listed)
        for key, entry in listed.items():
            body = read(client, "crash-bucket", key)
            assert len(body) == entry["Size"] and f'"{hashlib.md5(body).hexdigest()}"' == entry["ETag"]
            assert acknowledged.get(key, hashlib.md5(body).hexdigest()) == hashlib.md5(body).hexdigest()
