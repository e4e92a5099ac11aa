namespace Kdoctor.Probing.Load;

/// <summary>
/// Numbers that do not repeat within a run: SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014), a bijection of a counter. They tell answers apart; they are no secret.
/// </summary>
internal sealed class NonceSource(ulong seed)
{
    private ulong state = seed;

    internal ulong Next()
    {
        var mixed = state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
