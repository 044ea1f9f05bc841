/// The number that stands for a task on the wire: a 64-bit hash of its path, made from the parent's and the ordinal.
///
/// No counter is shared, so the same task has the same number in every run of the same program. The mixing step is the
/// finalizer of SplitMix64 (Steele, Lea and Flood, 2014), a bijection: children of one parent never collide.
public enum TaskID {
    /// The number of a root: FNV-1a over its text, mixed.
    public static func root(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return mix(hash)
    }

    /// The number of the child that `parent` submits as its `ordinal`th, from 1.
    @inlinable
    public static func child(of parent: UInt64, ordinal: UInt32) -> UInt64 {
        mix(parent &+ UInt64(ordinal) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// The number of the element at `index`, from 0, of the map `parent`.
    @inlinable
    public static func element(of parent: UInt64, index: UInt64) -> UInt64 {
        mix((parent ^ 0xA5A5_A5A5_5A5A_5A5A) &+ (index &+ 1) &* 0xD1B5_4A32_D192_ED03)
    }

    @inlinable
    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
