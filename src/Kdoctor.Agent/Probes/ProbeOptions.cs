using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Kdoctor.Core.Schedules;

namespace Kdoctor.Agent.Probes;

/// <summary>The options that <c>kdoctor probe http</c> and <c>kdoctor probe dns</c> share.</summary>
internal sealed class ProbeOptions
{
    /// <summary>The word for as many requests as are answered.</summary>
    public const string FullSpeed = "max";

    private const double MaxRate = 1_000_000;
    private const int MaxConnections = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Option<string> rate = new("--rate")
    {
        Description = $"Requests per second, on a timetable that no answer delays; or {FullSpeed} for as many as are answered with --connections under way (a closed loop).",
        HelpName = $"N|{FullSpeed}",
        DefaultValueFactory = _ => "100",
    };

    private readonly Option<string> duration = new("--duration")
    {
        Description = "How long requests are begun, for example 1m30s.",
        HelpName = "TIME",
        DefaultValueFactory = _ => "10s",
    };

    private readonly Option<int> connections = new("--connections")
    {
        HelpName = "N",
        DefaultValueFactory = _ => 10,
    };

    private readonly Option<string> timeout = new("--timeout")
    {
        Description = "How long a request may take, from the moment it was due.",
        HelpName = "TIME",
        DefaultValueFactory = _ => "500ms",
    };

    private readonly Option<string> format = new("--output", "-o")
    {
        Description = "human for people, json for programs.",
        DefaultValueFactory = _ => "human",
    };

    /// <param name="connectionsDescription">What <c>--connections</c> means for the protocol.</param>
    public ProbeOptions(string connectionsDescription)
    {
        connections.Description = connectionsDescription;
        format.AcceptOnlyFromAmong("human", "json");
    }

    public IEnumerable<Option> All => [rate, duration, connections, timeout, format];

    /// <summary>All that is wrong with the choices, at once.</summary>
    public void Check(CommandResult result)
    {
        if (Given(result, rate) is { } number && number != FullSpeed && Rate(number) is null)
            result.AddError($"--rate {number}: must be a number above 0 and at most {MaxRate:0}, or {FullSpeed}");
        if (Given(result, duration) is { } length && Time(length) is null)
            result.AddError($"--duration {length}: must be a time above 0 and at most 24h, for example 10s");
        if (Given(result, timeout) is { } wait && Time(wait) is null)
            result.AddError($"--timeout {wait}: must be a time above 0 and at most 24h, for example 500ms");
        if (Given(result, connections) is { } count && !(int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var many) && many is >= 1 and <= MaxConnections))
            result.AddError($"--connections {count}: must be 1 to {MaxConnections}");
    }

    public ProbeChoices Read(ParseResult parsed) => new(
        Rate(parsed.GetValue(rate)!),
        Time(parsed.GetValue(duration)!)!.Value,
        parsed.GetValue(connections),
        Time(parsed.GetValue(timeout)!)!.Value,
        parsed.GetValue(format) == "json");

    // What was written, before it becomes a value; null where nothing was.
    private static string? Given(CommandResult result, Option option) =>
        result.GetResult(option) is { Implicit: false, Tokens: [var token, ..] } ? token.Value : null;

    private static double? Rate(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var perSecond) && perSecond is > 0 and <= MaxRate ? perSecond : null;

    private static TimeSpan? Time(string text) =>
        ScheduleText.Duration(text, null) is { } time && time > TimeSpan.Zero && time <= Longest ? time : null;
}

/// <summary>What the user chose.</summary>
/// <param name="Rate">Requests per second; null for as many as are answered.</param>
/// <param name="Duration">How long requests are begun.</param>
/// <param name="Connections">What it means depends on the protocol.</param>
/// <param name="Timeout">From the moment a request is due.</param>
/// <param name="Json">Whether programs read the outcome.</param>
internal sealed record ProbeChoices(double? Rate, TimeSpan Duration, int Connections, TimeSpan Timeout, bool Json);
