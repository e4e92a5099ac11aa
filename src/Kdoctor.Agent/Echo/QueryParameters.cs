using System.Globalization;
using System.Text;

namespace Kdoctor.Agent.Echo;

/// <summary>The parameters that the echo obeys, from a request target's query.</summary>
internal static class QueryParameters
{
    /// <summary>The status of an answer of which nothing else was asked.</summary>
    internal const int Good = 200;

    private const int LeastStatus = 200;
    private const int GreatestStatus = 599;

    /// <summary>The query without its question mark; empty when there is none.</summary>
    internal static ReadOnlySpan<byte> QueryOf(ReadOnlySpan<byte> target)
    {
        var mark = target.IndexOf((byte)'?');
        return mark < 0 ? default : target[(mark + 1)..];
    }

    /// <summary>The first value of a parameter, unescaped; null when it is not there.</summary>
    internal static string? Find(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name)
    {
        foreach (var range in query.Split((byte)'&'))
        {
            var pair = query[range];
            if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name))
                return Uri.UnescapeDataString(Encoding.Latin1.GetString(pair[(name.Length + 1)..]).Replace('+', ' '));
        }
        return null;
    }

    /// <summary>The <c>delay</c> in seconds, with fractions, held within 0 and <paramref name="longest"/>; none for what is no number.</summary>
    internal static TimeSpan Delay(ReadOnlySpan<byte> query, TimeSpan longest)
    {
        if (query.IsEmpty || !double.TryParse(Find(query, "delay"u8), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return TimeSpan.Zero;
        return seconds >= longest.TotalSeconds ? longest : seconds > 0 ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
    }

    /// <summary>
    /// The <c>status</c> of the answer to the request of this number: asked for of every request, or with <c>status-every=K</c> of each K-th, so that who
    /// counts knows exactly how many. <see cref="Good"/> for others, and for what is no status.
    /// </summary>
    internal static int Status(ReadOnlySpan<byte> query, long number)
    {
        if (query.IsEmpty || Number(query, "status"u8) is not (>= LeastStatus and <= GreatestStatus and var status))
            return Good;
        return Find(query, "status-every"u8) is null || (Number(query, "status-every"u8) is > 0 and var every && number % every == 0) ? status : Good;
    }

    private static int? Number(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name) =>
        int.TryParse(Find(query, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
