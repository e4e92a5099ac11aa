namespace Kdoctor.Agent.Probes;

/// <summary>A file that a command line names.</summary>
internal static class NamedFile
{
    /// <summary>Why it cannot be read; null when it can.</summary>
    public static string? Trouble(string path)
    {
        try
        {
            File.OpenRead(path).Dispose();
            return null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            return "there is no such file";
        }
        catch (UnauthorizedAccessException)
        {
            return Directory.Exists(path) ? "is a folder, not a file" : "may not be read by this user";
        }
        catch (IOException unreadable)
        {
            return $"cannot be read: {unreadable.Message}";
        }
    }
}
