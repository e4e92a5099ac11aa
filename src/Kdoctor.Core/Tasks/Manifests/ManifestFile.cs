using System.Collections.Immutable;

namespace Kdoctor.Core.Tasks.Manifests;

/// <summary>The documents of a manifest file, and what kept others from being read.</summary>
/// <param name="Documents">In the file's order; empty documents are skipped.</param>
/// <param name="Problems">In the file's order.</param>
public sealed record ManifestFile(ImmutableArray<ManifestNode> Documents, ImmutableArray<Problem> Problems);
