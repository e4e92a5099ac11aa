using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Tasks.Manifests;
using Kdoctor.Core.Tasks.Reading;
using Kdoctor.Core.Tasks.Schemas;

namespace Kdoctor.Core.Tasks;

/// <summary>
/// A document becomes a task, or a complete list of problems; the words are the same whether it came from a file or from an API server.
/// <list type="number">
/// <item>The envelope: apiVersion, kind, metadata.</item>
/// <item>The spec by its schema: types, ranges, unknown and missing fields; defaults are filled in.</item>
/// <item>The rules between fields.</item>
/// <item>The task, when nothing is wrong.</item>
/// </list>
/// </summary>
public static class TaskReader
{
    /// <summary>The annotation that, set to <c>now</c>, makes the first round due at the task's creation.</summary>
    public const string StartAnnotation = "kdoctor.io/start";

    /// <summary>Reads an object as an API server holds it.</summary>
    public static TaskReading Read(JsonObject document, TaskLimits limits)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Read(ManifestReader.FromJson(document), limits);
    }

    /// <summary>
    /// Reads a document. A task that no server has stored has the uid <c>KIND/NAME</c>, the generation 1 and was created at the Unix epoch:
    /// whoever runs it gives it others.
    /// </summary>
    public static TaskReading Read(ManifestNode document, TaskLimits limits)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(limits);
        var problems = new ProblemList(document);
        if (document is not ManifestMap root)
        {
            problems.Add(FieldPath.Root, $"the document must be a map, but is {NodeWords.Of(document)}", "write apiVersion, kind, metadata and spec");
            return new TaskReading(null, null, problems.ToImmutable());
        }

        // 1. The envelope.
        if (EnvelopeReader.Read(root, problems) is not { } kind)
            return new TaskReading(null, null, problems.ToImmutable());
        var startsNow = EnvelopeReader.StartsNow(root, problems);

        // 2. The spec by its schema.
        var spec = ReadSpec(root, kind, problems);
        var schedule = ScheduleRules.Read(spec, problems);

        // 3. The rules between fields.
        var reading = SpecReading.Of(kind.Kind, spec, problems);
        ScheduleRules.Check(schedule, reading.Schedule, problems);
        var timeout = ScheduleRules.RoundTimeout(schedule, reading.Schedule);
        RequestRules.Check(reading.Request, kind.Kind, schedule is null ? null : ScheduleRules.ShortestRound(schedule, reading.Schedule), limits, problems);
        AgentRules.Check(reading.Agent, problems);
        AddressRules.Check(reading.Targets, limits.Addresses, problems);

        // 4. The task.
        var defaulted = EnvelopeReader.ToJson(root);
        defaulted["spec"] = spec;
        if (!problems.IsEmpty)
            return new TaskReading(null, defaulted, problems.ToImmutable());
        var rounds = startsNow ? new ImmediateSchedule(schedule!) : schedule!;
        return new TaskReading(Task(defaulted["metadata"]!.AsObject(), kind.Kind, rounds, timeout, reading, spec) with { Addresses = limits.Addresses }, defaulted, []);
    }

    private static JsonObject ReadSpec(ManifestMap root, KindSchema kind, ProblemList problems)
    {
        var written = root.Find("spec")?.Value;
        if (written is null or ManifestScalar { Kind: ScalarKind.Null })
        {
            if (kind.SpecRequired)
                problems.Add(FieldPath.Spec, "is required, but missing", "add it with its target");
            written = new ManifestMap(null, []);
        }

        return (JsonObject)new SchemaReader(problems).Read(written, kind.Spec with { Default = new JsonObject() }, FieldPath.Spec)!;
    }

    private static TaskDefinition Task(
        JsonObject metadata, TaskKind kind, RoundSchedule schedule, TimeSpan timeout, SpecReading reading, JsonObject spec)
    {
        var name = metadata["name"]!.GetValue<string>();
        var generation = metadata["generation"]?.ToString();
        var created = metadata["creationTimestamp"]?.ToString();
        return new TaskDefinition
        {
            Uid = metadata["uid"]?.ToString() is { Length: > 0 } uid ? uid : $"{kind}/{name}",
            Name = name,
            Kind = kind,
            Generation = long.TryParse(generation, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 1,
            Created = DateTimeOffset.TryParse(created, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
                ? instant.ToUniversalTime() : DateTimeOffset.UnixEpoch,
            Schedule = schedule,
            Rounds = reading.Schedule.RoundNumber == -1 ? null : reading.Schedule.RoundNumber,
            RoundTimeout = timeout,
            Load = new LoadPlan(
                reading.Request.Qps,
                TimeSpan.FromSeconds(reading.Request.DurationInSecond),
                TimeSpan.FromMilliseconds(reading.Request.PerRequestTimeoutInMS)),
            Expect = new Expectation(reading.Expect.SuccessRate, TimeSpan.FromMilliseconds(reading.Expect.MeanAccessDelayInMs)),
            Targets = reading.Targets,
            SourceNodes = reading.SourceNodes,
            OwnAgents = reading.Agent,
            Spec = spec.DeepClone().AsObject(),
        };
    }
}
