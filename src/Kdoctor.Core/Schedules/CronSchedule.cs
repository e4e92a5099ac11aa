using Cronos;

namespace Kdoctor.Core.Schedules;

/// <summary>A crontab in UTC.</summary>
public sealed record CronSchedule : RoundSchedule
{
    /// <summary>Says nothing that ours does not say.</summary>
    private const string LibraryPreface = "The given cron expression has an invalid format. ";

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
    public bool Equals(CronSchedule? other) => other?.Text == Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
