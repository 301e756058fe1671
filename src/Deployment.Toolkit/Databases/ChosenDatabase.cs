using System.Data.Common;

namespace Deployment.Toolkit.Databases;

/// <summary>The app's database, when it has one.</summary>
internal sealed class ChosenDatabase
{
    /// <summary>How it speaks; <see langword="null"/> when the app has none.</summary>
    internal DatabaseDialect? Dialect { get; set; }

    /// <summary>Makes unopened connections; <see langword="null"/> when the app has no database.</summary>
    internal Func<IServiceProvider, DbConnection>? Connect { get; set; }
}
