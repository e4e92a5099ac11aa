using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.Verbs;

/// <summary>An object on its way into the store, with what its author should be warned of.</summary>
internal sealed record WriteDraft(JsonObject Item, IReadOnlyList<string> Warnings);
