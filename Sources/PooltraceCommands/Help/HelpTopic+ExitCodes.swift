extension HelpTopic {
    static let exitCodesText = """
        EXIT CODES: what the exit status of each command means

          0    all is well: nothing failed, everything was read
          1    the command found the opposite, or could not do it:
               view, failures, stats, tasks, critical-path, events, export: a trace
               cannot be read, or the file of an export not be written
               snapshot: nothing was copied; stacks: the process gave no answer
               top, view --pid: there is no such process, or no ring in it
               replay: no order of a trace brought the run about again
               minimize: the schedule does not fail, or not always
               verify, diff: the runs differ; doctor: something is wrong
          2    failures, explore: tasks or runs failed; diff: a trace cannot be read
          3    view, failures, stats, tasks, critical-path, diff, events, export: a
               trace is damaged; what is whole was shown
          4    view, stats: a run has a lint that --deny names
          64   wrong usage
          65   replay: the program left the schedule under --strict, or does not
               match it
          70   a program in serial mode: its async tasks wait, and nobody is there
               to resume them (lost continuations)
          125  run, record, replay, explore, minimize, verify: pooltrace itself
               failed
          126  the program cannot be run
          127  the program is not there

        `run`, `record`, and `replay` of a schedule otherwise exit as the program did:
        with its status, or 128 and the number of the signal that ended it.

        """
}
