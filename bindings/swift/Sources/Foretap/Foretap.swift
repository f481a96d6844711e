import ForetapFFI

public func stored() throws -> Int { try ForetapFFI.inventory().count }
