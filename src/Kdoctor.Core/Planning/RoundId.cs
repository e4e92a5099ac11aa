using System.Globalization;

namespace Kdoctor.Core.Planning;

/// <summary>A round's identity: the task's uid and the round's number, from 1. A deleted and re-created task never shares rounds.</summary>
/// <param name="TaskUid">The task object's uid.</param>
/// <param name="Number">From 1.</param>
public readonly record struct RoundId(string TaskUid, int Number)
{
    /// <summary><c>UID/NUMBER</c>, as it travels in the agent protocol and the store.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{TaskUid}/{Number}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string? text, out RoundId id)
    {
        id = default;
        var slash = text?.LastIndexOf('/') ?? -1;
        if (slash <= 0 || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            return false;
        id = new RoundId(text![..slash], number);
        return true;
    }
}
