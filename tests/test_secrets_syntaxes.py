"""Secrets are found whole in every syntax that says what they are; all values are made up here."""

import random
import string

import pytest

from gateway.detect import Detector, catalogue
from gateway.model import DetectionOptions, Segment

SECRETS = frozenset(name for name, groups in catalogue().items() if "SECRETS" in groups)


@pytest.fixture(scope="module")
def detector() -> Detector:
    """Secrets only: what names look like is not the question here."""
    return Detector(DetectionOptions(ignore=frozenset(catalogue()) - SECRETS))


def _made_up(length: int, seed: int, letters: str = string.ascii_letters) -> str:
    """Random letters and digits, a digit at every fourth place at least."""
    rng = random.Random(seed)
    return "".join(
        rng.choice(string.digits if place % 4 == 3 else letters + string.digits)
        for place in range(length)
    )


def _found(detector: Detector, text: str, *labels: str) -> list[str]:
    findings = detector.find([Segment(text, "x", context=labels)])
    return [text[f.start : f.end] for f in findings]


KEYS = (
    "API_KEY={}",
    "export STRIPE_API_KEY='{}'",
    'setx CLIENT_SECRET "{}"',
    "ENV ACCESS_TOKEN {}",
    "ARG AUTH_TOKEN={}",
    'apiKey: "{}"',
    "api_key: {}",
    '{{"api_key": "{}"}}',
    '{{\\"apiKey\\": \\"{}\\"}}',
    "'secretKey' => '{}',",
    'secretKey := "{}"',
    "const accessToken: string = `{}`;",
    'private static final String API_SECRET = "{}";',
    'var token string = "{}"',
    'os.environ["SECRET_KEY"] = "{}"',
    'ENV["CLIENT_SECRET"] ||= "{}"',
    '$config["app_secret"] = "{}";',
    'builder.setApiKey("{}").build()',
    'System.setProperty("api.key", "{}");',
    "<apiKey>{}</apiKey>",
    "<accessToken>\n    {}\n</accessToken>",
    '<string name="api_key">{}</string>',
    '<add key="ClientSecret" value="{}" />',
    '<entry key="access_token" value="{}"/>',
    "- name: AUTH_TOKEN\n  value: {}",
    '- name: AUTH_TOKEN\n  value: "{}"',
    '{{"name": "API_KEY", "value": "{}"}}',
    'variable "api_token" {{\n  default = "{}"\n}}',
    "app.secret-key = {}",
    "spring.cloud.access-key={}",
    "curl -H 'X-Api-Key: {}' https://api.example.com",
    "PRIVATE-TOKEN: {}",
    "Authorization: Bearer {}",
    "Authorization: token {}",
    "wget https://api.example.com/v1?access_token={}&page=2",
    "deploy --token {} --yes",
    "deploy --api-key={}",
    "接口密钥：{}",
    "访问令牌为{}，请勿外传",
    "AppSecret：{}（微信公众号）",
    "API Key: {}.",
)


@pytest.mark.parametrize("frame", KEYS)
@pytest.mark.parametrize("length", [20, 32, 64])
def test_a_key_is_found_alone_whatever_assigns_it(
    detector: Detector, frame: str, length: int
) -> None:
    for seed in range(5):
        key = _made_up(length, seed)
        assert [key] == _found(detector, frame.format(key))


PASSWORDS = (
    "DB_PASSWORD={}",
    'password = "{}"',
    "password: '{}'",
    '{{"password":"{}"}}',
    "'password' => '{}',",
    "<password>{}</password>",
    '<property name="password" value="{}"/>',
    "spring.datasource.password={}",
    "Server=db;Uid=sa;Pwd={};Encrypt=true",
    "jdbc:mysql://db.example.com:3306/erp?user=root&password={}&useSSL=false",
    "mysqldump -uroot -p{} erp > erp.sql",
    "sshpass -p {} ssh root@10.0.0.8",
    "curl -u jane:{} https://example.com/",
    "machine git.example.com login jane password {}",
    "PGPASSWORD={} psql -h db",
    "ALTER USER jane IDENTIFIED BY '{}';",
    "The password is {}.",
    "Username: jane\nPassword: {}\n",
    "The password for the portal has been reset to {}, please change it.",
    "密码：{}",
    "初始密码为{}，首次登录请修改",
    "账号：zhangsan 密码：{}",
    "口令是“{}”。",
    "数据库密码已改为{}。",
    "Wi-Fi password: {}",
)


@pytest.mark.parametrize("frame", PASSWORDS)
@pytest.mark.parametrize("password", ["Tr0ub4dor3", "Zs-2024-pw", "q7#Lm!92x", "S3rver_Pw"])
def test_a_password_is_found_alone_whatever_names_it(
    detector: Detector, frame: str, password: str
) -> None:
    assert [password] == _found(detector, frame.format(password))


@pytest.mark.parametrize(
    "labels",
    [("api_key",), ("clientSecret",), ("Access Token",), ("接口密钥",), ("value", "AUTH_TOKEN"),
     ("stripe_key",), ("AppSecret",), ("weather_key",)],
)  # fmt: skip
def test_a_key_that_fills_a_field_is_told_by_the_label(
    detector: Detector, labels: tuple[str, ...]
) -> None:
    key = _made_up(32, 9)
    assert [key] == _found(detector, key, *labels)
    assert [] == _found(detector, key)


@pytest.mark.parametrize("scheme", ["postgres", "mysql", "mongodb+srv", "redis", "amqps", "jdbc:mysql",
                                    "clickhouse", "sqlserver", "kafka", "ftp", "https"])  # fmt: skip
def test_an_address_with_a_password_is_found_whole(detector: Detector, scheme: str) -> None:
    url = f"{scheme}://app:{_made_up(12, 3)}@db.example.com:5432/erp"
    found = _found(detector, f"连接串 {url} 已失效")
    assert [url.removeprefix("jdbc:")] == [part.removeprefix("jdbc:") for part in found]


def test_a_vendors_name_lowers_the_bar(detector: Detector) -> None:
    number = "".join(random.Random(4).choices(string.digits, k=18))
    assert [number] == _found(detector, f'discord_token = "{number}"')
    assert [] == _found(detector, f'order_token = "{number}"')


def test_secrets_of_a_manifest_are_found_under_any_key(detector: Detector) -> None:
    text = "kind: Secret\ndata:\n  one: «c29tZXRoaW5nLTE=»\n  two: «c29tZXRoaW5nLTI=»\nother: a\n"
    marked = text.replace("«", "").replace("»", "")
    assert ["c29tZXRoaW5nLTE=", "c29tZXRoaW5nLTI="] == _found(detector, marked)
    assert [] == _found(detector, marked.replace("Secret", "ConfigMap"))
