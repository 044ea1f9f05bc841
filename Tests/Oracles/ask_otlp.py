"""Reads OTLP's JSON from the files that the arguments name, as the published schema has it, and prints what is in them.

Fails where the schema knows a field not, where a span's parent or link is missing, or where an id is given twice.
"""

import base64
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import Status, TracesData


def with_bytes(value):
    """Ids are hexadecimal in OTLP's JSON, and base64 in that of protocol buffers."""
    if isinstance(value, list):
        return [with_bytes(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(each)).decode()
        if key in ("traceId", "spanId", "parentSpanId")
        else with_bytes(each)
        for key, each in value.items()
    }


def attributes(of):
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in of.attributes}


def main():
    answers = []
    for path in sys.argv[1:]:
        data = json_format.ParseDict(with_bytes(json.load(open(path))), TracesData())
        spans = []
        for resource in data.resource_spans:
            own = [span for scope in resource.scope_spans for span in scope.spans]
            ids = [span.span_id for span in own]
            assert len(set(ids)) == len(ids), f"{path}: an id is given twice"
            assert all(len(id) == 8 and any(id) for id in ids), f"{path}: an id is not of 8 bytes"
            assert len({span.trace_id for span in own}) == 1 and len(own[0].trace_id) == 16, f"{path}: several traces"
            assert sum(not span.parent_span_id for span in own) == 1, f"{path}: expected one root"
            known = set(ids)
            for span in own:
                assert not span.parent_span_id or span.parent_span_id in known, f"{path}: no parent: {span}"
                assert all(link.span_id in known for link in span.links), f"{path}: no link: {span}"
                assert span.end_time_unix_nano >= span.start_time_unix_nano, f"{path}: ends before it starts: {span}"
            names = {span.span_id: attributes(span).get("pooltrace.path") for span in own}
            for span in own:
                spans.append(
                    {
                        "name": span.name,
                        "parent": names.get(span.parent_span_id),
                        "failed": span.status.code == Status.STATUS_CODE_ERROR,
                        "message": span.status.message,
                        "attributes": attributes(span),
                        "events": [{"name": each.name, **attributes(each)} for each in span.events],
                        "links": [names[link.span_id] for link in span.links],
                    }
                )
        answers.append({"resources": [attributes(each.resource) for each in data.resource_spans], "spans": spans})
    json.dump(answers, sys.stdout)


main()
