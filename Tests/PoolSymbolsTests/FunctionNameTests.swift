import Testing

@testable import PoolSymbols

@Suite("Names of functions") struct FunctionNameTests {
    @Test(
        "are short and stable",
        arguments: [
            ("$s9jsoncheck10JSONParserV6object5depthS2i_tKF", "JSONParser.object(depth:)"),
            ("$s9jsoncheck10JSONParserV5valueSiyKF", "JSONParser.value()"),
            ("$s9jsoncheck10JSONParserV5countSivg", "JSONParser.count.getter"),
            ("$s9jsoncheck10JSONParserVyS2icig", "JSONParser.subscript.getter"),
            ("$s9jsoncheck10JSONParserV4textACSS_tcfC", "JSONParser.init(text:)"),
            ("$s9jsoncheck6ReaderC4textACSS_tcfC", "Reader.init(text:)"),
            ("$s9jsoncheck6ReaderC4textACSS_tcfc", "Reader.init(text:)"),
            ("$s9jsoncheck6ReaderCfD", "Reader.deinit"),
            ("$s9jsoncheck3runyyFSiyKXEfU_", "closure #1 in run()"),
            ("$s9jsoncheck3runyyFSiyKXEfU_S2iXEfU0_", "closure #2 in closure #1 in run()"),
            ("$s9jsoncheck3runyyF6helperL_1xS2i_tKF", "helper(x:) in run()"),
            ("$s9jsoncheck10JSONParserV2eeoiySbAC_ACtFZ", "JSONParser.==(_:_:)"),
            ("$s9jsoncheck10JSONParserV3max33_4515051B6E1A68AA7F262D509302EBB9LLyS2iF", "JSONParser.max(_:)"),
            ("$sSa9jsoncheckE5firstyS2iKF", "Array.first(_:)"),
            ("$s9jsoncheck1PPAAE1q1xS2i_tKF", "P.q(x:)"),
            ("$s9jsoncheck10JSONParserV1dyS2iFfA_", "default argument 0 of JSONParser.d(_:)"),
            ("$s9jsoncheck10JSONParserV1dyS2iFfA_SiycfU_", "closure #1 in default argument 0 of JSONParser.d(_:)"),
            ("$s9jsoncheck10JSONParserV7lazyOneSiycvpfi", "variable initialization expression of JSONParser.lazyOne"),
            ("$s9jsoncheck10JSONParserV1eyyF6$deferL_yyF", "$defer #1 in JSONParser.e()"),
            ("$s9jsoncheck10JSONParserV7lazyOneSiycvM.resume.0", "JSONParser.lazyOne.modify"),
            ("$s9jsoncheck3gen_2atSix_SitKAA1PRzlF", "gen(_:at:)"),
            ("$s9jsoncheck3ltgoiyS2i_SitF", "<~>(_:_:)"),
            ("$s9jsoncheck6callerSiyKFSiyKXEfu_", "implicit closure #1 in caller()"),
            ("$s9jsoncheck2EnO2InVyAESgSScfC", "En.In.init(_:)"),
            ("$s9jsoncheck3run5filesySaySSG_tKFTf4g_n", "run(files:)"),
            ("$s9jsoncheck3run5filesySaySSG_tKFTm", "run(files:) or one merged with it"),
            ("$s9jsoncheck3mapyxxKlFSi_Tg5", "map(_:)"),
            ("$s9jsoncheck3runyyYaKFTY0_", "run()"),
            ("$s9jsoncheck3runyyYaKFTQ1_", "run()"),
            ("_ZN3foo3barEv", "_ZN3foo3barEv"),
            ("strlen", "strlen"),
            ("", ""),
        ])
    func short(linkageName: String, expected: String) {
        let name = FunctionName(linkageName)
        #expect(
            name.text == expected, "\(linkageName), which is \(Demangler.declaration(linkageName) ?? "no Swift name")")
        #expect(!name.isNoise, "\(linkageName)")
    }

    @Test(
        "come with the module that declares the function, or what it is in",
        arguments: [
            ("$s9jsoncheck10JSONParserV6object5depthS2i_tKF", "jsoncheck"),
            ("$s9jsoncheck3runyyFSiyKXEfU_S2iXEfU0_", "jsoncheck"),
            ("$s9jsoncheck10JSONParserV3max33_4515051B6E1A68AA7F262D509302EBB9LLyS2iF", "jsoncheck"),
            ("$s9jsoncheck10JSONParserV1dyS2iFfA_SiycfU_", "jsoncheck"),
            ("$s9jsoncheck3mapyxxKlFSi_Tg5", "jsoncheck"), ("$s9jsoncheck3runyyYaKFTY0_", "jsoncheck"),
            ("$s9jsoncheck3run5filesySaySSG_tKFTf4g_n", "jsoncheck"), ("$s9jsoncheck3ltgoiyS2i_SitF", "jsoncheck"),
            // An extension of another module's type.
            ("$sSa9jsoncheckE5firstyS2iKF", "jsoncheck"),
            ("$s9PoolTrace06ThreadA0C9jsoncheckE6submit5twiceS2i_tKF", "jsoncheck"),
            ("$s9PoolTrace06ThreadA0C9jsoncheckE6submit5twiceS2i_tKFS2iKXEfU_", "jsoncheck"),
            ("$s9PoolTrace6FutureC14takeAndRunBodyyyKF", "PoolTrace"),
            ("$ss17withUnsafePointer2to_q0_x_q0_SPyxGq_YKXEtq_YKs5ErrorR_Ri_zRi_0_r1_lF", "Swift"),
            ("_ZN9PoolTrace3barEv", ""), ("swift_job_run", ""), ("", ""),
        ])
    func module(linkageName: String, expected: String) {
        #expect(
            FunctionName(linkageName).swiftModule == expected,
            "\(linkageName), which is \(Demangler.declaration(linkageName) ?? "no Swift name")")
    }

    @Test(
        "of functions that only the compiler knows of are noise",
        arguments: [
            "$s9jsoncheck3runyyFSiyKXEfU_TA", "$sSis5Error_pIgdzo_SisAA_pIegrzo_TR",
            "$s9jsoncheck6ReaderC4textSSyKFTj", "$s9jsoncheck10JSONParserVwet", "swift_willThrowTyped",
            "swift_willThrow",
        ])
    func noise(linkageName: String) {
        #expect(
            FunctionName(linkageName).isNoise,
            "\(linkageName), which is \(Demangler.declaration(linkageName) ?? "no Swift name")")
    }

    @Test(
        "of any text come without a trap",
        arguments: [
            "$s", "$s9", "$sSaaaaaaaaaaaaaaa", "$s9jsoncheck", "$s\u{1F600}",
            String(repeating: "$s9jsoncheck", count: 50),
        ])
    func broken(linkageName: String) {
        #expect(!FunctionName(linkageName).text.isEmpty)
    }

    @Test(
        "come of declarations with brackets that do not balance",
        arguments: ["(", ")", "a(", "a.(b", "a<", "a.b(c: (", " in ", "closure #", "closure #1 in ", "a.b -> ("])
    func unbalanced(declaration: String) {
        var scanner = DeclarationScanner(Substring(declaration))
        _ = scanner.name()
        _ = scanner.after(" in ")
    }

    @Test func `are labelled by parameters, generic or not`() {
        for (declaration, expected) in [
            ("app.f<A where A: Swift.Error>(A, at: Swift.Int, _: () -> ()) throws -> A", "f(_:at:_:)"),
            ("app.Outer<A>.Inner.f() -> ()", "Outer.Inner.f()"),
            ("(extension in app):Swift.Array.f(x: [Swift.String : (Swift.Int, b: Swift.Int)]) -> ()", "Array.f(x:)"),
            ("(extension in app):Swift.Array< where A == Swift.Int>.f() -> ()", "Array.f()"),
            ("app.(secret in _0123).(f in _0123)(depth: Swift.Int) -> ()", "secret.f(depth:)"),
            ("app.P.f(Self) -> ()", "P.f(_:)"),
            ("app.T.< infix(app.T, app.T) -> Swift.Bool", "T.<(_:_:)"),
            ("app.T.x.modify : Swift.Int", "T.x.modify"),
            ("app.T.`a sentence, (like) this`() throws -> ()", "T.`a sentence, (like) this`()"),
        ] {
            var scanner = DeclarationScanner(Substring(declaration))
            #expect(scanner.name() == expected, "\(declaration)")
        }
    }
}
