using Kdoctor.Core.Verdicts;

namespace Kdoctor.Controller.Storage;

/// <summary>How a round ended.</summary>
/// <param name="At">When it was judged.</param>
/// <param name="Verdict">What it came to.</param>
/// <param name="Tally">What its agents came to.</param>
/// <param name="Superseded">Whether an edit of its task ended it: then it is none of the rounds that the task asks for, and the schedule counts from here.</param>
public sealed record RoundEnding(DateTimeOffset At, RoundVerdict Verdict, RoundTally Tally, bool Superseded = false);
