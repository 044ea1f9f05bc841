internal import PoolModel
public import TraceAnalysis

/// Runs as spans of OpenTelemetry, in OTLP's JSON: what a collector's file receiver or `POST /v1/traces` takes.
///
/// A process is a resource and a trace with one root span. A task is a span below the task that submitted it, a wait
/// one below the task that waits, with a link to the awaited task. Attributes follow the semantic conventions 1.37
/// where they have one; ours begin with `pooltrace.`. A task that never ran is a span of no length at its submission.
public struct OTLPExport: RunExport {
    static let schema = "https://opentelemetry.io/schemas/1.37.0"

    /// Makes the export.
    public init() {}

    /// Writes the runs as one document.
    public func write(_ runs: [Run], to sink: @escaping ByteSink) {
        var writer = JSONWriter(to: sink)
        writer.object { document in
            document.array("resourceSpans") { resources in
                for (index, run) in runs.enumerated() { Self.resource(run, index, to: &resources) }
            }
        }
        writer.finish()
    }

    private static func resource(_ run: Run, _ index: Int, to writer: inout JSONWriter) {
        writer.object { resource in
            resource.object("resource") { resource in
                resource.array("attributes") { attributes in
                    let executable = run.process?.executable ?? ""
                    attributes.attribute(
                        "service.name", executable.split(separator: "/").last.map(String.init) ?? "unknown_service")
                    attributes.attribute("process.pid", run.pid)
                    attributes.attribute("process.parent_pid", (run.process?.parentPID).map(UInt64.init))
                    attributes.attribute("process.executable.path", run.process?.executable)
                    attributes.attribute("process.command_line", run.process?.arguments)
                    attributes.attribute("process.executable.build_id.gnu", run.process?.buildID)
                }
            }
            resource.value("schemaUrl", schema)
            resource.array("scopeSpans") { scopes in
                scopes.object { scope in
                    scope.object("scope") { $0.value("name", "pooltrace") }
                    scope.value("schemaUrl", schema)
                    scope.array("spans") { OTLPSpans(run, index: index).write(to: &$0) }
                }
            }
        }
    }
}

extension JSONWriter {
    /// An attribute, unless there is no value.
    mutating func attribute(_ key: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        object { attribute in
            attribute.value("key", key)
            attribute.object("value") { $0.value("stringValue", value) }
        }
    }

    /// An attribute; one that is no finite number as text, which JSON needs.
    mutating func attribute(_ key: String, _ value: Double) {
        object { attribute in
            attribute.value("key", key)
            attribute.object("value") { $0.value("doubleValue", value) }
        }
    }

    /// An attribute, unless there is no value: numbers of 64 bits are text in JSON.
    mutating func attribute(_ key: String, _ value: UInt64?) {
        guard let value, value <= UInt64(Int64.max) else { return }
        object { attribute in
            attribute.value("key", key)
            attribute.object("value") { $0.value("intValue", String(value)) }
        }
    }
}
