namespace Kdoctor.Tests.Controller;

/// <summary>A folder that goes when the test goes.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kdoctor-test-");

    public string Path(string file) => System.IO.Path.Combine(folder.FullName, file);

    public void Dispose() => folder.Delete(recursive: true);
}
