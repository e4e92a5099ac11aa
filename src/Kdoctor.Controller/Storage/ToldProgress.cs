using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;

namespace Kdoctor.Controller.Storage;

/// <summary>How far a running round is, as the controller that runs it tells the others.</summary>
/// <param name="Id">The round.</param>
/// <param name="TaskKind">The task's kind, as manifests spell it.</param>
/// <param name="TaskName">Its task.</param>
/// <param name="Progress">How far.</param>
public sealed record ToldProgress(RoundId Id, string TaskKind, string TaskName, RoundProgress Progress);
