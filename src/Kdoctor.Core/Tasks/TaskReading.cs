using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Kdoctor.Core.Tasks;

/// <summary>What became of a document.</summary>
/// <param name="Task">The task; null when there are problems.</param>
/// <param name="Defaulted">The object with every default filled in, to be stored when there are no problems; null when its kind is none of ours.</param>
/// <param name="Problems">All problems at once, by line; at most 100.</param>
public sealed record TaskReading(TaskDefinition? Task, JsonObject? Defaulted, ImmutableArray<Problem> Problems);
