internal import Glibc

/// Whether the values of one sample tend to be larger than those of another: Mann and Whitney's U test, two-sided.
///
/// It compares ranks, so it asks nothing of the distributions, and one outlier weighs no more than any other value. p
/// is from the normal approximation with corrections for ties and continuity (Hollander, Wolfe and Chicken,
/// Nonparametric Statistical Methods, 4.1), which is close from eight values a side on.
struct MannWhitney {
    /// How probable so large a difference is if there is none.
    let p: Double
    /// How probable it is that a value of the right sample is larger than one of the left; equal ones count half.
    let superiority: Double

    /// With fewer values on a side the approximation is poor.
    static let minimumValues = 8

    /// - Parameters:
    ///   - left: Sorted.
    ///   - right: Sorted.
    init?(_ left: [UInt64], _ right: [UInt64]) {
        guard left.count >= Self.minimumValues, right.count >= Self.minimumValues else { return nil }
        let (m, n) = (Double(left.count), Double(right.count))
        var (i, j) = (0, 0)
        var (u, ties) = (0.0, 0.0)
        while j < right.count {
            let value = right[j]
            while i < left.count, left[i] < value { i += 1 }
            var (equalLeft, equalRight) = (0, 0)
            while i + equalLeft < left.count, left[i + equalLeft] == value { equalLeft += 1 }
            while j + equalRight < right.count, right[j + equalRight] == value { equalRight += 1 }
            u += Double(equalRight) * (Double(i) + Double(equalLeft) / 2)
            j += equalRight
        }
        // Ties among all values, also those of the left alone.
        var (a, b) = (0, 0)
        while a < left.count || b < right.count {
            let value = min(a < left.count ? left[a] : .max, b < right.count ? right[b] : .max)
            var equal = 0.0
            while a < left.count, left[a] == value { (a, equal) = (a + 1, equal + 1) }
            while b < right.count, right[b] == value { (b, equal) = (b + 1, equal + 1) }
            ties += equal * equal * equal - equal
        }
        superiority = u / (m * n)
        let all = m + n
        let variance = m * n / 12 * (all + 1 - ties / (all * (all - 1)))
        guard variance > 0 else {
            p = 1
            return
        }
        let z = max(0, abs(u - m * n / 2) - 0.5) / variance.squareRoot()
        p = erfc(z / 2.0.squareRoot())
    }

    /// The values of p for several tests at once, so that one of many is not taken for significant by chance (Holm
    /// 1979).
    static func holm(_ values: [Double]) -> [Double] {
        var adjusted = values
        var largest = 0.0
        for (rank, place) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
            largest = max(largest, min(1, Double(values.count - rank) * values[place]))
            adjusted[place] = largest
        }
        return adjusted
    }
}
