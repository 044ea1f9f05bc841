import RaceCases

// Races of tasks in pools. Usage: racy-programs [CASE [fixed]]; without arguments it lists them.
let (chosen, fixed) = PoolCase.chosen(
    from: racyPrograms + protocols + hiddenRaces + edgesOfPools + edgesOfPrimitives + edgesOfOthers + reusedMemory)
try chosen.body(fixed)
