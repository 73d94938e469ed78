"""A built slipway on a free port with a data folder of its own, and clients that nobody here wrote, pointed at it.

`SLIPWAY_BIN` names the binary; the default is the debug build.
"""

import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import threading

import boto3
import botocore.config
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("SLIPWAY_BIN", ROOT / "target" / "debug" / "slipway"))
ACCOUNT = "000000000000"
REGION = "us-east-1"
START_SECONDS = 30


class Server:
    """One slipway process. `kill` is SIGKILL; `start` after it uses the same data folder and port."""

    def __init__(self, folder, *flags):
        self.folder, self.flags = pathlib.Path(folder), flags
        self.port, self.process = 0, None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        command = [str(BINARY), "serve", "--listen", f"127.0.0.1:{self.port}", "--data-dir", str(self.folder / "data")]
        self.log = open(self.folder / "server.log", "ab")
        self.process = subprocess.Popen(
            [*command, *self.flags], stdout=subprocess.PIPE, stderr=self.log, text=True, env=self.environment()
        )
        self._wait_until_ready()
        return self

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SLIPWAY_"))}
        return kept | {"HOME": str(self.folder)}

    def _wait_until_ready(self):
        lines = queue.Queue()

        def read(stream):
            for line in stream:
                lines.put(line)
            lines.put(None)

        threading.Thread(target=read, args=(self.process.stdout,), daemon=True).start()
        seen = []
        while True:
            line = lines.get(timeout=START_SECONDS)
            if line is None:
                log = (self.folder / "server.log").read_text()
                raise AssertionError(f"slipway ended before it was ready: {''.join(seen)}{log}")
            seen.append(line)
            if "127.0.0.1:" in line and not self.port:
                self.port = int(line.rsplit("127.0.0.1:", 1)[1].split()[0].strip("/,."))
            if line.strip() == "Ready.":
                return

    def stop(self):
        self._end(signal.SIGTERM)

    def kill(self):
        self._end(signal.SIGKILL)

    def running(self):
        return self.process is not None and self.process.poll() is None

    def _end(self, how):
        if self.running():
            self.process.send_signal(how)
            self.process.wait(timeout=START_SECONDS)

    def client(self, service, region=REGION, account=ACCOUNT, protocol=None, **config):
        """A boto3 client; `protocol` (`json` or `smithy-rpc-v2-cbor`) in place of the first its model lists."""
        return session_of(protocol).client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="any",
            config=botocore.config.Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}, **config),
        )

    def aws(self, *arguments, cwd=None, check=True):
        """Runs the aws CLI; gives its standard output."""
        return self.run("aws", *arguments, cwd=cwd, check=check).stdout

    def run(self, program, *arguments, cwd=None, check=True, input=None):
        done = subprocess.run(
            [program, *arguments], cwd=cwd or self.folder, env=self.shell(), text=True, capture_output=True, input=input
        )
        assert not check or done.returncode == 0, f"{program} {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done

    def shell(self):
        """The environment of a user who works with this server; the venv's aws comes first."""
        here = str(pathlib.Path(sys.executable).parent)
        return self.environment() | {
            "PATH": f"{here}:{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "any",
            "AWS_PAGER": "",
        }


def session_of(protocol):
    session = boto3.Session()
    if protocol:
        loader = session._session.get_component("data_loader")
        load = loader.load_service_model

        def with_one_protocol(*arguments, **keywords):
            model = load(*arguments, **keywords)
            if protocol in model.get("metadata", {}).get("protocols", []):
                model["metadata"] |= {"protocols": [protocol], "protocol": protocol}
            return model

        loader.load_service_model = with_one_protocol
    return session


@pytest.fixture
def new_server(tmp_path):
    """Starts servers with the flags given; all of them end with the test."""
    started = []

    def start(*flags):
        folder = tmp_path / f"server-{len(started)}"
        folder.mkdir()
        started.append(Server(folder, *flags))
        return started[-1].start()

    yield start
    for server in started:
        server.kill()


@pytest.fixture
def server(new_server):
    """A server whose builds run on the host."""
    return new_server("--builds", "host")


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A server for tests that only add resources of their own names."""
    server = Server(tmp_path_factory.mktemp("shared"), "--builds", "host").start()
    yield server
    server.kill()


@pytest.fixture
def endpoint(shared):
    return shared.url


def need_docker():
    """Skips with the reason when no Docker answers, unless it was promised."""
    answers = shutil.which("docker") and subprocess.run(["docker", "info"], capture_output=True).returncode == 0
    if answers:
        return
    if os.environ.get("SLIPWAY_REQUIRE_DOCKER"):
        pytest.fail("no Docker engine answers, and SLIPWAY_REQUIRE_DOCKER is set")
    pytest.skip("no Docker engine answers")
