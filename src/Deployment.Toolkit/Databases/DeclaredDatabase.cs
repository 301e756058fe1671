using System.Data.Common;

namespace Deployment.Toolkit.Databases;

/// <summary>One of the app's databases, as it was declared.</summary>
/// <param name="Name">What tells it from others; empty where nobody said.</param>
/// <param name="Dialect">How it speaks.</param>
/// <param name="Connect">Makes unopened connections.</param>
internal sealed record DeclaredDatabase(string Name, DatabaseDialect Dialect, Func<IServiceProvider, DbConnection> Connect);
