using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Screen;

/// <summary>What one cell of a heat map shows, from the least to the worst: a block of cells shows its greatest.</summary>
internal enum CellState
{
    NotProbed = 0,
    Healthy = 1,
    Slower = 2,
    SomeLost = 3,
    Awaited = 4,
    Unknown = 5,
    Silent = 6,
    Slow = 7,
    Partial = 8,
    Lossy = 9,
    VeryLossy = 10,
    Dead = 11,
}

/// <summary>Sorts a target's numbers into a <see cref="CellState"/>: the report's verdict first, then loss, then latency.</summary>
internal static class CellStates
{
    /// <summary>The share of failed requests from which a cell is called very lossy.</summary>
    public const double VeryLossyFrom = 0.1;

    public static bool IsTrouble(CellState state) => state is CellState.Unknown or >= CellState.Slow;

    public static CellState Of(TargetReport target, ReportExpectation expect)
    {
        var rate = target.RequestSucceedRate;
        return target.Verdict switch
        {
            "succeed" when rate is null => CellState.Unknown,
            "succeed" when rate < 1 => CellState.SomeLost,
            "succeed" when target.RequestMeanDelay > expect.MeanDelayMs / 2 => CellState.Slower,
            "succeed" => CellState.Healthy,
            "fail" when target.RequestTargetMetrics.SuccessCounts == 0 => CellState.Dead,
            "fail" when rate < (expect.SuccessRate ?? 1) => rate <= 1 - VeryLossyFrom ? CellState.VeryLossy : CellState.Lossy,
            "fail" when target.RequestMeanDelay <= expect.MeanDelayMs => CellState.Partial,
            "fail" => CellState.Slow,
            _ => CellState.Unknown,
        };
    }

    /// <summary>The cell of an agent without measurements.</summary>
    public static CellState OfMissing(AgentReport agent) => agent.AgentState switch
    {
        "silent" or "late" => CellState.Silent,
        null => CellState.Awaited,
        _ => CellState.Unknown,
    };
}
