import PoolModel
import Testing

@Suite("TaskPath") struct TaskPathTests {
    @Test(arguments: [
        "main", "main.1", "main.3.1", "main.2[17]", "main.2[0].1", "main.4294967295", "main.1[18446744073709551615]",
        "r1", "r2.7", "xnetwork.1", "xnetwork.1.4", "xio-2_b.12.3[4].5", "x.1", "main.1.2.3.4.5.6.7.8.9.10",
    ])
    func `Paths are read as they are written`(text: String) throws {
        let path = try #require(TaskPath(text), "\(text)")
        #expect(path.description == text)
        #expect(TaskPath(path.description) == path)
    }

    @Test(arguments: [
        "", ".", "main.", ".1", "main..1", "main.a", "main.1[", "main.1[]", "main.1]", "main.1[2", "main.1[2][3]",
        "main.[2]", "main.-1", "main.+1", "main.01", "main.1[+2]", "main.1[02]", "main.4294967296", "ma in", "main.1 ",
        "main.1[18446744073709551616]", "x", "xnetwork", "xnetwork.", "xnetwork.a", "m\u{E9}in", "main[1]", "\u{0}",
    ])
    func `What is no path is refused`(text: String) {
        #expect(TaskPath(text) == nil, "\(text)")
    }

    @Test(
        arguments: [
            ("main", 0xB137_5CB6_F94D_9218), ("main.1", 0xFDB2_D50A_95B2_92E8),
            ("main.2", 0xEAE0_0F53_730D_0E89), ("main.3.1", 0x006B_7E0C_5D0D_AA56),
            ("main.2[0]", 0x5BD5_B8C6_9DF3_944B), ("main.2[17]", 0x2D53_AC15_230B_99BF),
            ("r1", 0x15D7_FF2B_7619_7532), ("xnetwork.1", 0xFA73_B1F3_3492_D4BA),
            ("main.2[17].1", 0xD38A_948D_FA4F_2BFB),
        ] as [(String, UInt64)])
    // Computed from the definition by another program.
    func `A path's number is the same in every version`(text: String, id: UInt64) throws {
        #expect(try #require(TaskPath(text)).id == id, "\(text)")
    }

    @Test func `Numbers of children and elements do not collide`() {
        var seen: Set<UInt64> = [0]
        var count = 1
        for parent in [TaskPath.main, TaskPath(root: "r1"), TaskPath(root: "main", steps: [.child(1)])] {
            for number in 0..<3000 {
                seen.insert(TaskID.child(of: parent.id, ordinal: UInt32(number + 1)))
                seen.insert(TaskID.element(of: parent.id, index: UInt64(number)))
                count += 2
            }
        }
        // main.1 is there twice: as a child, not as a parent, whose own number is not inserted.
        #expect(seen.count == count)
    }

    @Test func `The numbers on the way are those of the paths on the way`() throws {
        let path = try #require(TaskPath("main.3[5].2"))
        #expect(path.ids == ["main", "main.3", "main.3[5]", "main.3[5].2"].compactMap { TaskPath($0)?.id })
        #expect(path.id == path.ids.last)
    }

    @Test(arguments: [
        ("main.3.1", "main.3"), ("main.3", "main"), ("main.2[17]", "main"), ("main.1.2[17]", "main.1"),
        ("main.2[17].1", "main.2[17]"), ("xnetwork.1.4", "xnetwork.1"),
    ])
    func `A task was submitted by the task above it, an element by the one that called map`(
        text: String, submitter: String
    ) throws {
        #expect(try #require(TaskPath(text)).submitter?.description == submitter, "\(text)")
    }

    @Test func `A root was submitted by nobody`() {
        #expect(TaskPath.main.submitter == nil)
    }

    @Test(arguments: [
        ("network", "xnetwork.1"), ("io queue/2", "xio_queue_2.1"), ("", "x.1"), ("日本", "x__.1"),
        ("a.b[c]", "xa_b_c_.1"),
        ("\u{1B}[31m", "x__31m.1"),
    ])
    func `A thread's name makes a root that can be read`(name: String, root: String) {
        #expect(TaskPath.foreignRoot(thread: name, number: 1) == root)
        #expect(TaskPath(root)?.root == root)
    }
}
