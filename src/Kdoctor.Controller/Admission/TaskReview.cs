using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Security;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Admission;

/// <summary>
/// A further question that a valid task must answer before it is stored, for example whether whoever applies it may read what it names.
/// </summary>
/// <param name="task">The task as it would be stored.</param>
/// <param name="caller">Who applies it.</param>
/// <param name="cancellationToken">Ends with the request.</param>
/// <returns>Every problem; none lets it pass.</returns>
public delegate ValueTask<ImmutableArray<Problem>> TaskQuestion(TaskDefinition task, Caller caller, CancellationToken cancellationToken);

/// <summary>
/// What every way into storage asks of a task, the webhook's and the lab's alike:
/// 1. Deletions pass, and so does what a deletion waits for.
/// 2. A change that leaves alone what a task asks for passes: a task that was right by yesterday's limits can still lose its finalizer or gain a label.
/// 3. The validator, the same as everywhere.
/// 4. The further questions, once the task is valid.
/// </summary>
/// <param name="limits">What the place allows a task.</param>
/// <param name="questions">The further questions.</param>
public sealed class TaskReview(TaskLimits limits, params IReadOnlyList<TaskQuestion> questions)
{
    /// <summary>Decides on one write.</summary>
    public async ValueTask<AdmissionResult> ReviewAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);

        // 1. and 2.
        if (request.New is not { } offered || offered["metadata"]?["deletionTimestamp"] is not null || (request.Old is { } old && AsksTheSame(old, offered)))
            return AdmissionResult.Allow();

        // 3.
        var reading = TaskReader.Read(offered, limits);
        if (reading.Task is not { } task)
            return AdmissionResult.Deny([.. reading.Problems.Select(Cause)]);

        // 4.
        var problems = new List<Problem>();
        foreach (var question in questions)
            problems.AddRange(await question(task, request.Caller, cancellationToken).ConfigureAwait(false));
        return problems.Count == 0 ? AdmissionResult.Allow(reading.Defaulted) : AdmissionResult.Deny([.. problems.Select(Cause)]);
    }

    private static bool AsksTheSame(JsonObject old, JsonObject offered) =>
        JsonNode.DeepEquals(old["spec"], offered["spec"])
        && JsonNode.DeepEquals(old["metadata"]?["annotations"]?[TaskReader.StartAnnotation], offered["metadata"]?["annotations"]?[TaskReader.StartAnnotation]);

    private static FieldCause Cause(Problem problem) => new(problem.Field, problem.Text);
}
