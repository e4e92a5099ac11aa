namespace Kdoctor.Core.Tasks.Manifests;

/// <summary>Ends the reading of a file at a bound; never leaves <see cref="ManifestReader"/>.</summary>
internal sealed class ManifestException(int line, string message, string remedy) : Exception(message)
{
    public Problem Problem { get; } = new(line, "", message, remedy);
}
