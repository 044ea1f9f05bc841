internal import PooltraceCommands

await PooltraceCommand.runAndExit()
