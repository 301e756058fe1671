namespace Deployment.Toolkit.Schema;

/// <summary>What a step did to a database's schema.</summary>
internal enum SchemaChange
{
    /// <summary>A migration was applied.</summary>
    Applied,

    /// <summary>One was taken back, by its own way.</summary>
    Undone,

    /// <summary>A backup took the database's place.</summary>
    Restored,
}
