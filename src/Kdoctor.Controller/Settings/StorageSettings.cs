using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Controller.Settings;

/// <summary>Where rounds are kept.</summary>
[Description("Where rounds and their results are kept.")]
public sealed record StorageSettings
{
    /// <summary>One file; a single replica.</summary>
    public const string Sqlite = "sqlite";

    /// <summary>A database that several replicas share.</summary>
    public const string Postgres = "postgres";

    [AllowedValues(Sqlite, Postgres)]
    [Description("sqlite: a file of the controller's own, for one replica. postgres: a database that several replicas share; its address and password come from the environment variable KDOCTOR_POSTGRES, never from this file.")]
    public string Kind { get; init; } = Sqlite;

    [Description("The folder of the SQLite file. Ignored with postgres.")]
    public string Path { get; init; } = ClusterNames.DataFolder;
}
