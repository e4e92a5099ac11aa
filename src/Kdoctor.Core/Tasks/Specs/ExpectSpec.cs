using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Kdoctor.Core.Tasks.Specs;

/// <summary>What every target must meet.</summary>
[Description("What every target must meet for the round to succeed.")]
public record ExpectSpec
{
    [Range(0.0, 1.0)]
    [Description("The least share of requests that succeed.")]
    public double SuccessRate { get; init; } = 1;

    [Range(1, int.MaxValue)]
    [Description("The greatest mean latency of the requests that succeed, in milliseconds.")]
    public int MeanAccessDelayInMs { get; init; } = 5000;
}

/// <summary>What an HTTP address must meet.</summary>
[Description("What the address must meet for the round to succeed.")]
public sealed record AppHttpHealthyExpectSpec : ExpectSpec
{
    [Range(100, 599)]
    [ComputedDefault("any 2xx")]
    [Description("The only status code that counts as success. Codes from 100 to 199 are refused: an answer with one is never the last.")]
    public int? StatusCode { get; init; }
}
