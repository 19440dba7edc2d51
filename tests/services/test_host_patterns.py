"""Host patterns with a region in the middle, and what the four storage and model profiles cover."""

import pytest

from gateway.services import Catalog
from gateway.services._hosts import candidates, check_pattern


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("a.example.com", "a.example.com"),
        ("*.example.com", "a.b.example.com"),
        ("s3.*.example.com", "s3.eu-west-1.example.com"),
        ("*.s3.*.example.com", "my.bucket.s3.eu-west-1.example.com"),
        ("oss-*.example.com", "oss-cn-hangzhou.example.com"),
        ("*.oss-*.example.com", "b.oss-cn-hangzhou-internal.example.com"),
        ("*.oss-cn-*.example.com", "b.oss-cn-hangzhou.example.com"),
    ],
)
def test_a_pattern_covers_its_hosts(pattern, host):
    check_pattern(pattern)
    assert pattern in candidates(host)


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("s3.*.example.com", "s3.example.com"),
        ("s3.*.example.com", "s3.a.b.example.com"),
        ("s3.*.example.com", "x.s3.a.example.com"),
        ("*.s3.*.example.com", "s3.a.example.com"),
        ("oss-*.example.com", "oss.example.com"),
        ("oss-*.example.com", "ossx.example.com"),
        ("oss-*.example.com", "x.oss-a.example.com"),
    ],
)
def test_a_pattern_covers_nothing_else(pattern, host):
    assert pattern not in candidates(host)


@pytest.mark.parametrize(
    "pattern",
    ["s3.*.com", "*.*", "a.*", "*.*.com", "a*.example.com", "*-a.example.com", "*.a.*.b.*.c.d",
     "A.*.example.com", "s3.**.example.com"],
)  # fmt: skip
def test_what_would_cover_too_much_is_refused(pattern):
    with pytest.raises(ValueError, match="host name"):
        check_pattern(pattern)


def test_the_more_exact_comes_first():
    order = candidates("b.s3.eu-west-1.example.com")
    wanted = [
        "b.s3.eu-west-1.example.com",
        "*.s3.eu-west-1.example.com",
        "*.s3.*.example.com",
        "*.eu-west-1.example.com",
        "*.example.com",
    ]
    assert wanted == [one for one in order if one in wanted]


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("s3.amazonaws.com", "amazon-s3"),
        ("bucket.s3.amazonaws.com", "amazon-s3"),
        ("my.bucket.s3.eu-central-1.amazonaws.com", "amazon-s3"),
        ("s3.us-gov-west-1.amazonaws.com", "amazon-s3"),
        ("bucket.s3-us-west-2.amazonaws.com", "amazon-s3"),
        ("bucket.s3-accelerate.amazonaws.com", "amazon-s3"),
        ("bucket.s3.dualstack.us-east-1.amazonaws.com", "amazon-s3"),
        ("b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com", "amazon-s3"),
        ("ap-123456789012.s3-accesspoint.us-west-2.amazonaws.com", "amazon-s3"),
        ("bucket.s3.cn-north-1.amazonaws.com.cn", "amazon-s3"),
        ("bedrock-runtime.us-east-1.amazonaws.com", "amazon-bedrock"),
        ("bedrock-agent-runtime.ap-southeast-2.amazonaws.com", "amazon-bedrock"),
        ("account.blob.core.windows.net", "azure-blob"),
        ("account.z01.blob.storage.azure.net", "azure-blob"),
        ("account.blob.core.chinacloudapi.cn", "azure-blob"),
        ("bucket.oss-cn-hangzhou.aliyuncs.com", "aliyun-oss"),
        ("bucket.oss-cn-beijing-internal.aliyuncs.com", "aliyun-oss"),
        ("oss-us-west-1.aliyuncs.com", "aliyun-oss"),
        ("bucket.oss-accelerate.aliyuncs.com", "aliyun-oss"),
    ],
)
def test_storage_hosts_of_every_region_are_covered(host, service):
    catalog = Catalog.load()
    assert catalog.covers(host)
    assert service == catalog.route(host, "PUT", "/key").service


@pytest.mark.parametrize(
    "host",
    ["ec2.us-east-1.amazonaws.com", "sts.amazonaws.com", "dynamodb.eu-west-1.amazonaws.com",
     "account.table.core.windows.net", "ecs.aliyuncs.com", "amazonaws.com", "aliyuncs.com"],
)  # fmt: skip
def test_other_services_of_the_same_vendors_are_left_alone(host):
    assert not Catalog.load().covers(host)


@pytest.mark.parametrize(
    ("method", "target", "step", "supported"),
    [
        ("PUT", "/key", "put-object", True),
        ("POST", "/", "post-object", True),
        ("POST", "/key?uploads", "create-multipart", True),
        ("POST", "/key?uploads=", "create-multipart", True),
        ("PUT", "/key?partNumber=1&uploadId=x", "upload-part", True),
        ("DELETE", "/key?uploadId=x", "abort-multipart", True),
        ("GET", "/key", "generic", True),
    ],
)
def test_s3_steps(method, target, step, supported):
    route = Catalog.load().route("b.s3.amazonaws.com", method, target)
    assert (step, supported) == (route.step, route.supported)
