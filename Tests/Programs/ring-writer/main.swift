// Writes to a ring in the ways that the recorder's tests ask for. The first argument names one, further ones are
// numbers or texts; the settings come from the environment, as for any program.
import CEventTable
import CPoolRecorder
import Glibc
import PoolRecorder

let arguments = CommandLine.arguments
func number(_ index: Int) -> UInt64 { arguments.count > index ? UInt64(arguments[index]) ?? 0 : 0 }

switch arguments.count > 1 ? arguments[1] : "" {
case "flood": flood(count: number(2), threads: Int(number(3)))
case "kill-at": killAt(step: Int32(number(2)), occurrence: Int(number(3)), count: number(4))
case "snapshots": snapshots(count: Int(number(2)), folder: arguments[3])
case "churn": churn(rounds: Int(number(2)), threads: Int(number(3)), count: number(4))
case "newcomers":
    newcomers(early: Int(number(2)), much: number(3), late: Int(number(4)), little: number(5))
case "aging": aging(before: Int(number(2)), pause: Int(number(3)), after: Int(number(4)))
case "definitions": definitions(count: number(2))
case "stamps": stamps()
case "pairs": pairs(count: number(2))
case "failures": failures(count: number(2))
case "texts": texts()
case "fork": forkedChild()
case "idle": idle()
case "clock": clockError()
case "trap": trap(kind: arguments[2])
case "names": names(count: Int(number(2)))
case "cost": cost()
default:
    print("unknown: \(arguments)")
    exit(64)
}
