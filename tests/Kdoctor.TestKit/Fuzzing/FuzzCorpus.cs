namespace Kdoctor.TestKit.Fuzzing;

/// <summary>
/// The inputs that are kept of a target: those by which coverage grew, and those that once broke a promise. One file a target, one input a line, in Base64
/// (RFC 4648 section 4), the shortest first.
/// </summary>
public static class FuzzCorpus
{
    /// <summary>The longest input that is kept, in bytes.</summary>
    public const int MaxBytes = 2048;

    /// <summary>A target's inputs; none where nothing was kept yet.</summary>
    public static IReadOnlyList<byte[]> Of(FuzzTarget target)
    {
        var file = FileOf(target);
        return File.Exists(file) ? [.. File.ReadLines(file).Select(Convert.FromBase64String)] : [];
    }

    /// <summary>Keeps further inputs; those that are too long, or kept already, are passed over.</summary>
    public static void Keep(FuzzTarget target, IEnumerable<byte[]> inputs) => File.WriteAllLines(
        FileOf(target),
        Of(target).Concat(inputs.Where(input => input.Length <= MaxBytes)).Select(Convert.ToBase64String).Distinct(StringComparer.Ordinal)
            .OrderBy(line => line.Length).ThenBy(line => line, StringComparer.Ordinal));

    private static string FileOf(FuzzTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Repository.Path("tests/Kdoctor.Fuzzing/Corpus", $"{target.Name}.txt");
    }
}
