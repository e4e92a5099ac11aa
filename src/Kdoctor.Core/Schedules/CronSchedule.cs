using Cronos;

namespace Kdoctor.Core.Schedules;

/// <summary>A crontab in UTC.</summary>
public sealed record CronSchedule : RoundSchedule
{
    /// <summary>Says nothing that ours does not say.</summary>
    private const string LibraryPreface = "The given cron expression has an invalid format. ";

    // A crontab that goes to the second and has a rule for every field repeats its shortest interval long before.
    private const int IntervalsCompared = 500;

    private readonly CronExpression expression;

    private CronSchedule(string text, CronExpression expression)
    {
        Text = text;
        this.expression = expression;
    }

    /// <summary>As the user wrote it.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public override TimeSpan? Interval => null;

    /// <summary>Reads five fields, or six with seconds first; null with the reason when the text is none.</summary>
    public static CronSchedule? Parse(string text, int fields, out string reason)
    {
        try
        {
            reason = "";
            return new CronSchedule(text, CronExpression.Parse(text, fields == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard));
        }
        catch (CronFormatException error)
        {
            reason = error.Message.ReplaceLineEndings(" ").Replace(LibraryPreface, "", StringComparison.Ordinal).TrimEnd('.');
            return null;
        }
        catch (MissingSeedException)
        {
            reason = "H, a moment by chance, is not known here";
            return null;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset First(DateTimeOffset created) => After(created, created) ?? DateTimeOffset.MaxValue;

    /// <inheritdoc/>
    public override DateTimeOffset? After(DateTimeOffset created, DateTimeOffset instant)
    {
        var from = instant < created ? created : instant;
        var next = this.expression.GetNextOccurrence(from.UtcDateTime);
        return next is null ? null : new DateTimeOffset(next.Value, TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public override TimeSpan? ShortestInterval
    {
        get
        {
            TimeSpan? shortest = null;
            var due = First(DateTimeOffset.UnixEpoch);
            for (var compared = 0; compared < IntervalsCompared && After(due, due) is { } next; compared++)
            {
                shortest = next - due < shortest ? next - due : shortest ?? next - due;
                due = next;
            }
            return shortest;
        }
    }

    /// <inheritdoc/>
    public override TimeSpan? RoomAt(DateTimeOffset due)
    {
        var before = due.AddTicks(-1);
        var own = After(before, before) == due ? due : After(due, due);
        return own is { } from ? After(from, from) - from : null;
    }

    /// <inheritdoc/>
    public bool Equals(CronSchedule? other) => other?.Text == Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
