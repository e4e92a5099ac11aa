using System.Text;
using Kdoctor.Core.Tasks.Manifests;

namespace Kdoctor.Cli.Manifests;

/// <summary>A manifest's text with the name that problems give it.</summary>
/// <param name="Name">The path as it was asked for, or <c>-</c>.</param>
/// <param name="Text">Its text; empty when it could not be read.</param>
/// <param name="Problem">Why it could not be read, as a whole line; null when it could.</param>
internal sealed record ManifestText(string Name, string Text, string? Problem);

/// <summary>Reads the files that a command line names.</summary>
internal static class ManifestFiles
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>One per file, in the order given, those of a folder by name. An unreadable one says so and does not end the reading.</summary>
    public static IEnumerable<ManifestText> Read(IEnumerable<string> paths, TextReader input)
    {
        foreach (var path in paths)
        {
            if (path == "-")
                yield return ReadInput(input);
            else if (Directory.Exists(path))
                foreach (var manifest in ReadFolder(path))
                    yield return manifest;
            else
                yield return ReadFile(path);
        }
    }

    private static IEnumerable<ManifestText> ReadFolder(string path)
    {
        string[] files;
        ManifestText? problem = null;
        try
        {
            files = [.. Directory.EnumerateFiles(path).Where(file => Extensions.Contains(Path.GetExtension(file))).Order(StringComparer.Ordinal)];
            if (files.Length == 0)
                problem = Unreadable(path, "the folder holds no *.yaml, *.yml or *.json file", "name another folder, or a file");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            files = [];
            problem = Unreadable(path, Reason(error), "check the folder's permissions");
        }

        return problem is null ? files.Select(ReadFile) : [problem];
    }

    private static ManifestText ReadFile(string path)
    {
        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return Bounded(path, reader);
        }
        catch (DecoderFallbackException)
        {
            return Unreadable(path, "the file is not UTF-8", "save it as UTF-8");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Unreadable(path, Reason(error), "check the path and its permissions");
        }
    }

    private static ManifestText ReadInput(TextReader input)
    {
        try
        {
            return Bounded("-", input);
        }
        catch (IOException error)
        {
            return Unreadable("-", Reason(error), "check what writes to the standard input");
        }
    }

    /// <summary>At most one character more than the manifest reader takes, so that an endless file ends here and is refused there.</summary>
    private static ManifestText Bounded(string name, TextReader reader)
    {
        var buffer = new char[ManifestReader.MaxBytes + 1];
        var length = reader.ReadBlock(buffer);
        return new ManifestText(name, new string(buffer, 0, length), null);
    }

    private static ManifestText Unreadable(string name, string problem, string remedy) => new(name, "", $"{name}: {problem}; {remedy}");

    /// <summary>Why a file cannot be read, in words for people.</summary>
    public static string Reason(Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException or ArgumentException => "there is no such file",
        UnauthorizedAccessException => "the file may not be read",
        _ => "the file cannot be read: " + error.Message.ReplaceLineEndings(" ").TrimEnd('.'),
    };
}
