using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Kdoctor.Core.Schedules;

namespace Kdoctor.Cli.Probing;

/// <summary>The options that <c>kdoctor probe http</c> and <c>kdoctor probe dns</c> share.</summary>
internal sealed class ProbeOptions
{
    /// <summary>The word for as many requests as are answered.</summary>
    public const string FullSpeed = "max";

    private const double MaxRate = 1_000_000;
    private const int MaxConnections = 10_000;
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Option<ProbeRate> rate = new("--rate")
    {
        Description = $"Requests per second, on a timetable that no answer delays; or {FullSpeed} for as many as are answered with --connections under way (a closed loop).",
        HelpName = $"N|{FullSpeed}",
        CustomParser = Rate,
        DefaultValueFactory = _ => new ProbeRate(100),
    };

    private readonly Option<TimeSpan?> duration = new("--duration")
    {
        Description = "How long requests are begun, for example 1m30s; 10s without it.",
        HelpName = "TIME",
        CustomParser = result => Time(result, "10s"),
    };

    private readonly Option<int> connections = new("--connections")
    {
        HelpName = "N",
        DefaultValueFactory = _ => 10,
    };

    private readonly Option<TimeSpan?> timeout = new("--timeout")
    {
        Description = "How long a request may take, from the moment it was due; 500ms without it.",
        HelpName = "TIME",
        CustomParser = result => Time(result, "500ms"),
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
        if (result.GetResult(connections)?.GetValueOrDefault<int>() is < 1 or > MaxConnections)
            result.AddError($"--connections {result.GetValue(connections)}: must be 1 to {MaxConnections}");
    }

    public ProbeChoices Read(ParseResult parsed) => new(
        parsed.GetValue(rate)?.PerSecond,
        parsed.GetValue(duration) ?? DefaultDuration,
        parsed.GetValue(connections),
        parsed.GetValue(timeout) ?? DefaultTimeout,
        parsed.GetValue(format) == "json");

    private static ProbeRate Rate(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text == FullSpeed)
            return new ProbeRate(null);
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var perSecond) && perSecond is > 0 and <= MaxRate)
            return new ProbeRate(perSecond);
        result.AddError($"--rate {text}: must be a number above 0 and at most {MaxRate:0}, or {FullSpeed}");
        return new ProbeRate(null);
    }

    private static TimeSpan? Time(ArgumentResult result, string example)
    {
        var text = result.Tokens[0].Value;
        if (ScheduleText.Duration(text, null) is { } time && time > TimeSpan.Zero && time <= Longest)
            return time;
        result.AddError($"{((OptionResult)result.Parent!).Option.Name} {text}: must be a time above 0 and at most 24h, for example {example}");
        return null;
    }
}

/// <summary>What <c>--rate</c> says.</summary>
/// <param name="PerSecond">Requests per second; null for as many as are answered.</param>
internal sealed record ProbeRate(double? PerSecond)
{
    public override string ToString() => PerSecond is { } rate ? rate.ToString(CultureInfo.InvariantCulture) : ProbeOptions.FullSpeed;
}

/// <summary>What the user chose.</summary>
/// <param name="Rate">Requests per second; null for as many as are answered.</param>
/// <param name="Duration">How long requests are begun.</param>
/// <param name="Connections">What it means depends on the protocol.</param>
/// <param name="Timeout">From the moment a request is due.</param>
/// <param name="Json">Whether programs read the outcome.</param>
internal sealed record ProbeChoices(double? Rate, TimeSpan Duration, int Connections, TimeSpan Timeout, bool Json);
