/// What `SampleRun.nested()` looks like on the timeline, by the screen's width.
extension NestedViewTests {
    static let golden60 = """
        timeline  a column is 8.11 ms
        pool "files"                                 busy     tasks
           1 │ ▐visit main.1███████████  ▐servex   │  80%         3
             │        ▐████x   ▐████▌              │
           2 │ ▐visit main.2█████████████████████  │  90%        12
             │  ▐visit main.2.1████████████████▌   │
             │   ▐visit main.2.1.1████████████▌    │
             │    ▐visit main.2.1.1.1████████      │
             │      ▐visit main.2.1.1.1.1███       │
             │       ▐visit███████████████▌        │
             │        ▐visit█████████████▌         │
          +5 │         ▐██████████x█x███           │
           3 │▐serve█▌ ▐fetch█████                 │  45%         2
           4 │                  ▐visit main.5█████>│  50%         1
              5 workers without tasks: 5-9
        queue│▁▅▁▁▁ ▁▁▅▅▁▁▁▁▁  ▁▁                  │          max 2
        3 pools without tasks, 6 workers: "spare-2", "spare-3", "sp~
              ╵0                      ╵200 ms
              ░▒▓█ busy   x failed   > not ended
              below a worker: tasks inside waits
              +N: the N deepest levels together
              queue: tasks waiting
        """

    static let golden100 = """
        timeline  a column is 3.90 ms
        pool "files"                                                                         busy     tasks
           1 │  ▐visit main.1████████████████████████████████████▌    ▐serve main.3x       │  80%         3
             │                 ▐fetch█████x      ▐fetch█████▌                              │
           2 │  ▐visit main.2█████████████████████████████████████████████████████████     │  90%        12
             │     ▐visit main.2.1█████████████████████████████████████████████████▌       │
             │       ▐visit main.2.1.1███████████████████████████████████████████          │
             │          ▐visit main.2.1.1.1███████████████████████████████████▌            │
             │            ▐visit main.2.1.1.1.1█████████████████████████████               │
             │               ▐visit main.2.1.1.1.1.1█████████████████████▌                 │
             │                 ▐visit main.2.1.1.1.1.1.1██████████████▌                    │
          +5 │                    ▐██████████████████████x██x█████▐█                       │
           3 │ ▐serve main.3█▌    ▐fetch main.4████████▌                                   │  45%         2
           4 │                                      ▐visit main.5█████████████████████████>│  50%         1
              5 workers without tasks: 5-9
        queue│ ▁▅ ▁▁ ▁  ▁ ▁  ▁ ▅  ▅ ▁▁ ▁ ▁▁ ▁    ▁  ▁                                      │          max 2
        3 pools without tasks, 6 workers: "spare-2", "spare-3", "spare-4"
              ╵0          ╵50.0 ms     ╵100 ms      ╵150 ms      ╵200 ms      ╵250 ms      ╵300 ms
              ░▒▓█ busy   x failed   > not ended   below a worker: tasks inside waits
              +N: the N deepest levels together   queue: tasks waiting
        """

    static let ascii100 = """
        timeline  a column is 3.90 ms
        pool "files"                                                                         busy     tasks
           1 |  [visit main.1####################################]    [serve main.3x       |  80%         3
             |                 [fetch#####x      [fetch#####]                              |
           2 |  [visit main.2#########################################################     |  90%        12
             |     [visit main.2.1#################################################]       |
             |       [visit main.2.1.1###########################################          |
             |          [visit main.2.1.1.1###################################]            |
             |            [visit main.2.1.1.1.1#############################               |
             |               [visit main.2.1.1.1.1.1#####################]                 |
             |                 [visit main.2.1.1.1.1.1.1##############]                    |
          +5 |                    [######################x##x#####[#                       |
           3 | [serve main.3#]    [fetch main.4########]                                   |  45%         2
           4 |                                      [visit main.5#########################>|  50%         1
              5 workers without tasks: 5-9
        queue| .= .. .  . .  . =  = .. . .. .    .  .                                      |          max 2
        3 pools without tasks, 6 workers: "spare-2", "spare-3", "spare-4"
              '0          '50.0 ms     '100 ms      '150 ms      '200 ms      '250 ms      '300 ms
              .-=# busy   x failed   > not ended   below a worker: tasks inside waits
              +N: the N deepest levels together   queue: tasks waiting
        """
}
